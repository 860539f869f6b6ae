select
    rule_code,
    name_zh,
    name_en,
    kind,
    department,
    datasets,
    households,
    measure,
    unit,
    threshold,
    valid_from,
    valid_to,
    about,
    form,
    tables,
    statement
from {{ accepted_rows('reference', 'own_rules') }}
