-- A seed has the mart's name already, so the model's name begins with its layer.
{{ config(alias='policy_parameters') }}

select
    parameter,
    coalesce(division_prefix, '') as division_prefix,
    valid_from,
    valid_to,
    cast(value as double) as value,
    unit,
    source,
    last_verified,
    is_placeholder,
    renews_months,
    instrument_no
from {{ ref('policy_parameters') }}
