{%- set stable_months = district_parameter('stable_employment_months') -%}

-- Registered persons are living members of registered households, with the place of their household.
with registered_workers as (

    select
        households.town_code,
        households.division_code,
        workers.employment_status = '在业' as is_employed,
        workers.work_place,
        coalesce(
            workers.started_on <= {{ dbt.dateadd('month', '-' ~ stable_months, month_end()) }}, false
        ) as is_stable,
        {{ delivered_row('workers') }}
    from ({{ snapshot_rows('human_resources', 'employment_monitoring') }}) as workers
    inner join {{ ref('int_members') }} as members on workers.person_key = members.person_key
    inner join {{ ref('int_households') }} as households on members.household_key = households.household_key
    where
        members.is_living
        and households.is_registered

),

activities as (

    select
        *,
        null as division_code
    from ({{ cumulative_rows('human_resources', 'job_support_activities', ['activity_no'], 'held_on') }}) as held

),

incentives as (

    select
        *,
        null as town_code,
        null as division_code
    from ({{ cumulative_rows('human_resources', 'employment_incentives', ['payment_no'], 'paid_on') }}) as paid
    where incentive_type = '就地就近就业'

)

{{ measures('registered_workers', {
    'employment.out_migrant_workers': [counted("is_employed and work_place in ('省内县外', '省外')")],
    'employment.employment_rate': [counted('is_employed'), counted()],
    'employment.stability_rate': [counted('is_employed and is_stable'), counted('is_employed')],
}) }}
union all
{{ measures('activities', {
    'employment.workshops': [counted("activity_type = '扶贫车间'")],
    'employment.job_fairs': [counted("activity_type = '专场招聘会'")],
    'employment.placements': ["case when activity_type = '转移就业' then attendances end"],
}) }}
union all
{{ measures('incentives', {
    'employment.local_incentive_mean': ['amount', counted_once(['person_key'])],
}) }}
