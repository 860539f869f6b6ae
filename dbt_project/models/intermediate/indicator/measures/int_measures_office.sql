-- Measures the office's own work: its documents in force, joint meetings, leads on time, and what it asks of towns.
with documents as (

    select
        *,
        null as town_code,
        null as division_code
    from {{ ref('int_policy_instruments') }}
    where
        is_in_force
        and issuing_level = '区级'

),

meetings as (

    select
        *,
        null as town_code,
        null as division_code
    from ({{ cumulative_rows('agriculture', 'joint_meetings', ['meeting_no'], 'held_on') }}) as held
    where held_on >= {{ year_start() }}

),

months as (

    {{ months_of_year() }}

),

-- Leads and returns of later months are not known yet, also if the month runs again.
episodes as (

    select
        household_key,
        town_code,
        first_flagged_month as opened_month,
        {{ lead_id('household_key', 'rule_code', 'first_flagged_month') }} as lead_id
    from {{ ref('int_flag_episodes') }}
    where month <= {{ month_start() }}
    qualify row_number() over (
        partition by household_key, rule_code, first_flagged_month order by month desc
    ) = 1

),

returned as (

    select
        *,
        min(verified_on) over (partition by lead_id) as first_verified_on,
        result = '属实' and is_enrolled as is_recognised
    from {{ ref('stg_agriculture__verification_returns') }}
    where extract_month <= {{ month_start() }}
    qualify row_number() over (partition by lead_id order by extract_month desc, row_order desc) = 1

),

identified as (

    select
        household_key,
        max(last_day(cast(concat(identified_month, '-01') as date))) as identified_on
    from {{ ref('stg_agriculture__monitored_households') }}
    where extract_month = (
        select max(month) from {{ ref('int_accepted_datasets') }}
        where
            dataset = 'monitored_households'
            and month <= {{ month_start() }}
    )
    group by household_key

),

leads as (

    select
        episodes.town_code,
        null as division_code,
        due.due_on,
        due.recognition_due_on,
        returned.first_verified_on,
        coalesce(returned.is_recognised, false) as is_recognised,
        case when returned.is_recognised then coalesce(returned.enrolled_on, identified.identified_on) end
            as enrolled_on,
        due.dispatched_on,
        case when returned.lead_id is not null then 'agriculture' end as department,
        case when returned.lead_id is null then 'risk_leads' else 'verification_returns' end as dataset,
        coalesce(returned.extract_month, episodes.opened_month) as extract_month,
        returned.delivery_no,
        returned.file_no,
        returned.sheet_no,
        returned.row_number
    from episodes
    left join returned on episodes.lead_id = returned.lead_id
    left join identified on episodes.household_key = identified.household_key
    inner join {{ ref('int_lead_due_dates') }} as due
        on
            episodes.opened_month = due.month
            and left(episodes.town_code, 6) = due.district_code

),

tables as (

    select
        null as town_code,
        null as division_code,
        calendar.department,
        calendar.dataset,
        calendar.month as extract_month,
        cast(null as integer) as delivery_no,
        cast(null as integer) as file_no,
        cast(null as integer) as sheet_no,
        cast(null as integer) as row_number,
        catalogue.columns_asked,
        catalogue.columns_repeated
    from {{ ref('int_delivery_calendar') }} as calendar
    inner join {{ ref('datasets') }} as catalogue on calendar.dataset = catalogue.dataset
    where
        calendar.month = {{ month_start() }}
        and calendar.is_expected

)

{{ measures('documents', {
    'monitoring.plans_in_force': [counted("subject = '监测帮扶' and form = '方案'")],
    'consumption.plans_in_force': [counted("subject = '消费帮扶' and form = '方案'")],
    'funds.management_documents': [counted("subject = '资金管理' and form <> '机构设立'")],
    'assets.management_documents': [counted("subject = '资产管理' and form <> '机构设立'")],
    'assets.leading_groups': [counted("subject = '资产管理' and form = '机构设立'")],
}) }}
union all
{{ measures('meetings', {
    'monitoring.joint_meetings': [counted("meeting_type = '联席会议'")],
    'monitoring.meeting_months_rate': [
        counted_once(["date_trunc('month', held_on)"], "meeting_type = '联席会议' and compared_data"),
    ],
    'monitoring.decisions_closed_rate': ['decisions_closed', 'decisions'],
}) }}
union all
{{ measures('months', {'monitoring.meeting_months_rate': ['null', counted()]}) }}
union all
{{ measures('leads where due_on >= ' ~ month_start() ~ ' and due_on <= ' ~ month_end(), {
    'monitoring.verified_on_time_rate': [counted('first_verified_on <= due_on'), counted()],
}) }}
union all
{{ measures(
    'leads where is_recognised'
    ~ ' and recognition_due_on >= ' ~ month_start() ~ ' and recognition_due_on <= ' ~ month_end(),
    {'monitoring.enrolled_on_time_rate': [counted('enrolled_on <= recognition_due_on'), counted()]}
) }}
union all
{{ measures('leads where enrolled_on >= ' ~ year_start() ~ ' and enrolled_on <= ' ~ month_end(), {
    'monitoring.days_to_enrol_mean': [
        'greatest(' ~ dbt.datediff('dispatched_on', 'enrolled_on', 'day') ~ ', 0)', counted(),
    ],
}) }}
union all
{{ measures('tables', {
    'burden.forms_due': [counted()],
    'burden.repeated_columns_rate': ['columns_repeated', 'columns_asked'],
}) }}
