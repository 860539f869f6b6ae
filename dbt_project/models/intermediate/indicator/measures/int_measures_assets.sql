with assets as (

    select
        *,
        {{ keeps_title_rule() }} as keeps_title_rule
    from ({{ snapshot_rows('agriculture', 'project_assets') }}) as registered

)

{{ measures('assets', {
    'assets.original_value': ['sum(original_value)'],
    'assets.registration_rate': ['count(*) filter (where is_registered)', 'count(*)'],
    'assets.title_compliance_rate': ['count(*) filter (where keeps_title_rule)', 'count(*)'],
    'assets.in_use_rate': [
        "count(*) filter (where asset_status = '在用')", "count(*) filter (where asset_status <> '报废')",
    ],
}) }}
