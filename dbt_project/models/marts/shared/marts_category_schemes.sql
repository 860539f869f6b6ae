-- A seed has the mart's name already, so the model's name begins with its layer.
{{ config(alias='category_schemes') }}

select
    code,
    name_zh,
    name_en,
    role,
    valid_from,
    valid_to,
    parent,
    synonyms,
    source,
    is_placeholder
from {{ ref('category_schemes') }}
