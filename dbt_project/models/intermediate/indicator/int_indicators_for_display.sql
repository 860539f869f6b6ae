{{ config(materialized='view') }}

-- Rounds every computed figure half up to the catalogue's decimals, for reports.
select
    figures.month,
    figures.indicator_code,
    catalogue.name_zh,
    figures.division_code,
    figures.level,
    {{ shown_value('figures.value', 'catalogue.decimals') }} as shown_value,
    catalogue.unit
from {{ ref('rural_indicators') }} as figures
inner join {{ ref('indicator_catalogue') }} as catalogue on figures.indicator_code = catalogue.code
where figures.status = 'computed'
