-- The indicators that come with the product, and the county's own.
{% for catalogue in [ref('indicators'), ref('own_indicators')] %}
select
    code,
    domain,
    name_zh,
    name_en,
    form,
    unit,
    decimals,
    numerator,
    denominator,
    levels,
    datasets,
    needs,
    seed_id,
    seed_value,
    better,
    about
from {{ catalogue }}
{{ 'union all' if not loop.last }}
{% endfor %}
