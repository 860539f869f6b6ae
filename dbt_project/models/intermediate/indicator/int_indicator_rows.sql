{{ config(materialized='view') }}

{%- set subjects = [
    'monitoring', 'employment', 'training', 'support', 'assets', 'cadres', 'environment', 'cleaning_fund',
    'infrastructure', 'works', 'governance', 'elections', 'office', 'projects', 'low_income', 'local',
] -%}

-- Unites the delivered rows behind all indicators, with what each adds to numerator and denominator.
{% for subject in subjects %}
select
    indicator_code,
    town_code,
    division_code,
    department,
    dataset,
    month,
    delivery_no,
    file_no,
    sheet_no,
    row_number,
    numerator,
    denominator
from {{ ref('int_measures_' ~ subject) }}
{{ 'union all' if not loop.last }}
{% endfor %}
