-- Flags registered or monitored households with a member able to work but out of work, and no living member employed.
with employment as (

    select * from {{ ref('stg_human_resources__employment_monitoring') }}
    where extract_month = {{ month_start() }}

),

unemployed as (

    select * from {{ ref('stg_human_resources__unemployment_registration') }}
    where
        extract_month = {{ month_start() }}
        and unemployed_on <= {{ month_end() }}

),

employed_households as (

    select members.household_key
    from {{ ref('int_members') }} as members
    inner join employment on members.person_key = employment.person_key
    left join unemployed on members.person_key = unemployed.person_key
    where
        members.is_living
        and employment.employment_status = '在业'
        and unemployed.person_key is null

),

delivered as (

    select
        person_key,
        {{ row_reference('human_resources', 'employment_monitoring', 'employment') }} as delivered_row
    from employment
    where employment_status in ('失业', '返乡')

    union all

    select
        person_key,
        {{ row_reference('human_resources', 'unemployment_registration', 'unemployed') }} as delivered_row
    from unemployed

)

select
    'EMP-01' as rule_code,
    members.household_key,
    count(distinct members.person_key) as measure,
    1 as threshold,
    count(distinct members.person_key) as persons,
    {{ evidence('delivered.delivered_row') }} as evidence
from {{ ref('int_members') }} as members
inner join delivered on members.person_key = delivered.person_key
inner join {{ ref('int_households') }} as households on members.household_key = households.household_key
where
    members.is_living
    and members.has_labour_ability
    and (households.is_registered or households.is_monitored)
    and members.household_key not in (select household_key from employed_households)
group by members.household_key
