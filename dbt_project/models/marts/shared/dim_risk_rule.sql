select
    rule_code,
    name_zh,
    name_en,
    kind,
    department,
    measure,
    coalesce(unit, '') as unit,
    threshold
from {{ ref('risk_rule_catalogue') }}
