{%- set subjects = [
    'monitoring', 'employment', 'training', 'support', 'assets', 'cadres', 'environment', 'cleaning_fund',
    'infrastructure', 'governance',
] -%}

-- Unites the numerators and denominators of all indicators, by the place of the counted cases.
{% for subject in subjects %}
select
    indicator_code,
    town_code,
    division_code,
    numerator,
    denominator
from {{ ref('int_measures_' ~ subject) }}
{{ 'union all' if not loop.last }}
{% endfor %}
