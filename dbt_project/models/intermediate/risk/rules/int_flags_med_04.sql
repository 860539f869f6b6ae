-- Flags living members of registered or monitored households without a normal enrolment for the year.
with enrolments as (

    select * from {{ ref('stg_health__medical_insurance_enrolment') }}
    where
        extract_month = {{ month_start() }}
        and insured_year = {{ month_text()[:4] }}

),

uninsured as (

    select members.*
    from {{ ref('int_members') }} as members
    inner join {{ ref('int_households') }} as households on members.household_key = households.household_key
    where
        members.is_living
        and (households.is_registered or households.is_monitored)
        and members.person_key not in (
            select person_key from enrolments
            where enrolment_status = '正常参保'
        )

),

-- No row reports an absence, so the evidence is the member's register row, with any enrolment row of another status.
delivered as (

    select
        household_key,
        person_key,
        {{ row_reference('agriculture', 'household_register', 'uninsured') }} as delivered_row
    from uninsured

    union all

    select
        uninsured.household_key,
        uninsured.person_key,
        {{ row_reference('health', 'medical_insurance_enrolment', 'enrolments') }} as delivered_row
    from uninsured
    inner join enrolments on uninsured.person_key = enrolments.person_key

)

select
    'MED-04' as rule_code,
    household_key,
    count(distinct person_key) as measure,
    1 as threshold,
    count(distinct person_key) as persons,
    {{ evidence('delivered_row') }} as evidence
from delivered
group by household_key
