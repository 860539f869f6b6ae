-- The risk rules that come with the product, and the county's own.
{% for catalogue in [ref('risk_rules'), ref('own_rules')] %}
select
    rule_code,
    name_zh,
    name_en,
    kind,
    department,
    households,
    measure,
    unit,
    threshold,
    valid_from,
    valid_to
from {{ catalogue }}
{{ 'union all' if not loop.last }}
{% endfor %}
