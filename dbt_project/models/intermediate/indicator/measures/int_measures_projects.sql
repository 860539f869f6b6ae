{%- set days = {
    'projects': as_of(['project_library']),
    'projects_beside_assets': as_of(['project_library', 'project_assets']),
} -%}

-- Measures the chain from funds over projects to assets. A project that was removed is not in the library any more.
with funds as (

    select
        *,
        null as town_code,
        null as division_code,
        {{ industry_part() }} as industry_part
    from ({{ snapshot_rows('agriculture', 'support_funds') }}) as allocations
    where
        fund_year = {{ month_text()[:4] | int }}
        and fund_level = '中央'

),

assets as (

    {{ snapshot_rows('agriculture', 'project_assets') }}

),

{% for name, day in days.items() -%}
{{ name }} as (

    select
        *,
        {{ project_stage(day) }} as stage,
        coalesce(completed_on <= {{ day }}, false) as is_completed,
        {{ document_number('project_no') }} in (
            select {{ document_number('project_no') }}
            from assets
            where project_no is not null
        ) as has_asset
    from ({{ snapshot_rows('agriculture', 'project_library') }}) as listed
    where
        listed_on <= {{ day }}
        and (removed_on is null or removed_on > {{ day }})

){{ ',' if not loop.last }}

{% endfor -%}

{{ measures('funds', {
    'funds.industry_share': ['industry_part', 'case when industry_part is not null then allocated end'],
}) }}
union all
{{ measures('assets', {
    'assets.published_rate': [
        counted("asset_status <> '报废' and published_on <= last_day(extract_month)"),
        counted("asset_status <> '报废'"),
    ],
    'assets.rights_complete_rate': [counted('has_beneficiary and fund_document_no is not null'), counted()],
}) }}
union all
{{ measures('projects', {
    'projects.listed': [counted()],
    'projects.started_rate': [
        counted("stage in ('开工', '完工', '验收')"), counted("stage in ('立项', '开工', '完工', '验收')"),
    ],
    'projects.completed_rate': [counted("stage in ('完工', '验收')"), counted("stage in ('开工', '完工', '验收')")],
    'projects.payment_rate': ['spent', 'arrived'],
    'projects.targets_set_rate': [counted('has_performance_target'), counted()],
}) }}
union all
{{ measures('projects_beside_assets', {
    'projects.asset_conversion_rate': [
        counted('forms_asset and is_completed and has_asset'), counted('forms_asset and is_completed'),
    ],
}) }}
