-- Measures the month's monitoring list against the screened households, so that a zero shows how many were screened.
with listed as (

    select
        households.town_code,
        households.division_code,
        households.is_registered,
        words.role,
        monitored.is_risk_eliminated,
        coalesce(households.living_members, 0) as living_members,
        {{ delivered_row('monitored') }}
    from ({{ snapshot_rows('agriculture', 'monitored_households') }}) as monitored
    left join {{ ref('int_category_words') }} as words on monitored.monitoring_category = words.word
    left join {{ ref('int_households') }} as households on monitored.household_key = households.household_key

),

-- A household's delivered row is its first one on the register.
screened as (

    select
        'agriculture' as department,
        'household_register' as dataset,
        *
    from {{ ref('int_households') }}
    where living_members > 0

),

first_rows as (

    select * from {{ ref('stg_agriculture__household_register') }}
    where
        extract_month >= {{ year_start() }}
        and extract_month <= {{ month_start() }}
    qualify row_order = min(row_order) over (partition by extract_month)

),

-- The district holds a data meeting in every month with a register, of which the first row is the evidence.
reconciled as (

    select
        null as town_code,
        null as division_code,
        accepted.department,
        accepted.dataset,
        accepted.month as extract_month,
        first_rows.delivery_no,
        first_rows.file_no,
        first_rows.sheet_no,
        first_rows.row_number
    from {{ ref('int_accepted_datasets') }} as accepted
    left join first_rows on accepted.month = first_rows.extract_month
    where
        accepted.dataset = 'household_register'
        and accepted.month >= {{ year_start() }}
        and accepted.month <= {{ month_start() }}

),

months as (

    {{ months_of_year() }}

)

{{ measures('listed', {
    'monitoring.unstable_households': [counted("role = 'registered' and not is_risk_eliminated")],
    'monitoring.marginal_households': [counted("role = 'ordinary' and not is_risk_eliminated")],
    'monitoring.sudden_hardship_households': [
        counted("role = 'sudden' and not is_risk_eliminated"),
    ],
    'monitoring.monitored_households': [counted('not is_risk_eliminated')],
    'monitoring.monitored_registered': [counted('not is_risk_eliminated and is_registered')],
    'monitoring.monitored_ordinary': [counted('not is_risk_eliminated and not is_registered')],
    'monitoring.elimination_rate_households': [counted('is_risk_eliminated'), counted()],
    'monitoring.elimination_rate_persons': [
        'case when is_risk_eliminated then living_members end', 'living_members',
    ],
}) }}
union all
{{ measures('screened', {
    'monitoring.unstable_households': ['null', counted('is_registered')],
    'monitoring.marginal_households': ['null', counted('not is_registered')],
    'monitoring.sudden_hardship_households': ['null', counted()],
    'monitoring.monitored_households': ['null', counted()],
    'monitoring.monitored_registered': ['null', counted('is_registered')],
    'monitoring.monitored_ordinary': ['null', counted('not is_registered')],
    'monitoring.policy_continued_rate': [
        counted("is_registered and policy_status = '继续享受政策'"),
        counted('is_registered and policy_status is not null'),
    ],
}) }}
union all
{{ measures('reconciled', {'monitoring.reconciliation_months': [counted()]}) }}
union all
{{ measures('months', {'monitoring.reconciliation_months': ['null', counted()]}) }}
