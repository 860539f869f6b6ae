-- Measures the office's own work: its documents in force, joint meetings, and what it asks of departments.
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
{{ measures('tables', {
    'burden.forms_due': [counted()],
    'burden.repeated_columns_rate': ['columns_repeated', 'columns_asked'],
}) }}
