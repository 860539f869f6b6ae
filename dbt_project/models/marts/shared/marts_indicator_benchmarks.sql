-- A seed has the mart's name already, so the model's name begins with its layer.
{{ config(alias='indicator_benchmarks') }}

select
    indicator_code,
    scope,
    coalesce(division_prefix, '') as division_prefix,
    valid_from,
    valid_to,
    kind,
    comparison,
    value,
    source,
    is_placeholder
from {{ ref('indicator_benchmarks') }}
