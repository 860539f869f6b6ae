-- Measures the month's monitoring list against the screened households, so that a zero shows how many were screened.
with listed as (

    select
        households.town_code,
        households.division_code,
        monitored.monitoring_category,
        monitored.is_risk_eliminated,
        coalesce(households.living_members, 0) as living_members
    from ({{ snapshot_rows('agriculture', 'monitored_households') }}) as monitored
    left join {{ ref('int_households') }} as households on monitored.household_key = households.household_key

),

screened as (

    select
        town_code,
        division_code,
        is_registered
    from {{ ref('int_households') }}
    where living_members > 0

),

-- The district holds a data meeting in every month with a register.
reconciled as (

    select
        null as town_code,
        null as division_code
    from {{ ref('int_accepted_datasets') }}
    where
        dataset = 'household_register'
        and month >= {{ year_start() }}
        and month <= {{ month_start() }}

)

{{ measures('listed', {
    'monitoring.unstable_households': [
        "count(*) filter (where monitoring_category = '脱贫不稳定户' and not is_risk_eliminated)",
    ],
    'monitoring.marginal_households': [
        "count(*) filter (where monitoring_category = '边缘易致贫户' and not is_risk_eliminated)",
    ],
    'monitoring.sudden_hardship_households': [
        "count(*) filter (where monitoring_category = '突发严重困难户' and not is_risk_eliminated)",
    ],
    'monitoring.elimination_rate_households': ['count(*) filter (where is_risk_eliminated)', 'count(*)'],
    'monitoring.elimination_rate_persons': [
        'sum(living_members) filter (where is_risk_eliminated)', 'sum(living_members)',
    ],
}) }}
union all
{{ measures('screened', {
    'monitoring.unstable_households': ['0', 'count(*) filter (where is_registered)'],
    'monitoring.marginal_households': ['0', 'count(*) filter (where not is_registered)'],
    'monitoring.sudden_hardship_households': ['0', 'count(*)'],
}) }}
union all
{{ measures('reconciled', {'monitoring.reconciliation_months': ['count(*)', month_text()[5:] | int]}) }}
