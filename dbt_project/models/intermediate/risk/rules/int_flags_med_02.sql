-- Flags outpatient and special-outpatient self-payment of one living member in the month. The highest member is the
-- measure.
with outpatient as (

    select * from {{ ref('int_settlements') }}
    where
        care_type in ('门诊', '门特')
        and settled_on >= {{ month_start() }}

),

members as (

    select
        household_key,
        person_key,
        sum(self_paid) as self_paid
    from outpatient
    group by household_key, person_key

)

select
    'MED-02' as rule_code,
    members.household_key,
    cast(max(members.self_paid) as double) as measure,
    cast(line.value as double) as threshold,
    count(distinct members.person_key) as persons,
    {{ evidence(row_reference('health', 'medical_settlements', 'outpatient')) }} as evidence
from members
inner join {{ ref('int_households') }} as households on members.household_key = households.household_key
inner join {{ ref('int_parameter_values') }} as line
    on
        households.town_code = line.division_code
        and line.parameter = 'outpatient_self_paid_month'
        and line.month = {{ month_start() }}
inner join outpatient on members.person_key = outpatient.person_key
where members.self_paid >= line.value
group by members.household_key, line.value
