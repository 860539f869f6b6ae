with assets as (

    select
        *,
        {{ keeps_title_rule() }} as keeps_title_rule
    from ({{ snapshot_rows('agriculture', 'project_assets') }}) as registered

)

{{ measures('assets', {
    'assets.original_value': ['original_value'],
    'assets.registration_rate': [counted('is_registered'), counted()],
    'assets.title_compliance_rate': [counted('keeps_title_rule'), counted()],
    'assets.in_use_rate': [counted("asset_status = '在用'"), counted("asset_status <> '报废'")],
}) }}
