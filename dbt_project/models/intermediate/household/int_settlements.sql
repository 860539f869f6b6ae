-- Selects the settlements that the medical rules read, for living members: inpatient ones of the year to date, others
-- of the month. No date is more than 31 days after its delivery's month, so none can be older than last December's
-- extract.
with delivered as (

    {{ newest_settlements(month_text()[5:] | int) }}

)

select
    members.household_key,
    delivered.person_key,
    delivered.care_type,
    delivered.settled_on,
    delivered.self_paid,
    delivered.extract_month,
    delivered.row_ref
from delivered
inner join {{ ref('int_members') }} as members on delivered.person_key = members.person_key
where
    members.is_living
    and delivered.settled_on
    >= case delivered.care_type when '住院' then {{ year_start() }} else {{ month_start() }} end
    and delivered.settled_on <= {{ month_end() }}
