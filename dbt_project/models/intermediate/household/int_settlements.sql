-- Selects the settlements that the medical rules read, for living members: inpatient ones of the year to date, others
-- of the month. No date is more than 31 days after its delivery's month, so none can be older than last December's
-- extract.
with delivered as (

    select * from {{ ref('stg_health__medical_settlements') }}
    where
        extract_month >= {{ month_start(-(month_text()[5:] | int)) }}
        and extract_month <= {{ month_start() }}

),

-- The newest delivery of a settlement wins.
redelivered as (

    select
        settlement_no,
        max(extract_month) as newest_month
    from delivered
    group by settlement_no
    having count(*) > 1

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
left join redelivered on delivered.settlement_no = redelivered.settlement_no
where
    members.is_living
    and delivered.extract_month = coalesce(redelivered.newest_month, delivered.extract_month)
    and delivered.settled_on
    >= case delivered.care_type when '住院' then {{ year_start() }} else {{ month_start() }} end
    and delivered.settled_on <= {{ month_end() }}
