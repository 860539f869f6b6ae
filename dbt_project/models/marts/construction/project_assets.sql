{{ config(**month_incremental()) }}

select
    {{ month_start() }} as month,
    asset_no,
    asset_name,
    asset_class,
    implementation_level,
    town_code,
    division_code,
    cast(original_value as double) as original_value,
    owner,
    is_registered,
    is_title_confirmed,
    asset_status,
    {{ keeps_title_rule() }} as keeps_title_rule,
    project_no,
    fund_document_no,
    has_beneficiary,
    published_on,
    cast(annual_dividend as double) as annual_dividend
from ({{ snapshot_rows('agriculture', 'project_assets') }}) as registered
