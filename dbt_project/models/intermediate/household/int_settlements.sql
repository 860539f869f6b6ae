-- What the medical rules look at, of living members: inpatient settlements of the year to date, others of the month.
-- None of them can have come before last December's extract: no date lies more than 31 days after the month of its
-- delivery.
with delivered as (

    select * from {{ ref('stg_health__medical_settlements') }}
    where
        extract_month >= {{ month_start(-(month_text()[5:] | int)) }}
        and extract_month <= {{ month_start() }}

),

-- Settlements that were delivered again: their newest delivery wins, whatever it says.
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
    delivered.delivery_no,
    delivered.file_no,
    delivered.sheet_no,
    delivered.row_number
from delivered
inner join {{ ref('int_members') }} as members on delivered.person_key = members.person_key
left join redelivered on delivered.settlement_no = redelivered.settlement_no
where
    members.is_living
    and delivered.extract_month = coalesce(redelivered.newest_month, delivered.extract_month)
    and delivered.settled_on
    >= case delivered.care_type when '住院' then {{ year_start() }} else {{ month_start() }} end
    and delivered.settled_on <= {{ month_end() }}
