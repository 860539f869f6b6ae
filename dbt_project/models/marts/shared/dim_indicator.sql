select
    code as indicator_code,
    domain,
    name_zh,
    name_en,
    form,
    unit,
    decimals,
    numerator,
    denominator,
    better
from {{ ref('indicator_catalogue') }}
