select
    rule_code,
    name_zh,
    definition,
    datasets,
    answers,
    about
from {{ ref('conflict_rules') }}
