-- No two rows of a parameter are valid on the same day for the same division prefix: chance would decide between them.
{{ config(meta={'dagster': {'ref': {'name': 'marts_policy_parameters'}}}) }}

select
    earlier.parameter,
    earlier.division_prefix,
    earlier.valid_from,
    later.valid_from as overlapped_by
from {{ ref('marts_policy_parameters') }} as earlier
inner join {{ ref('marts_policy_parameters') }} as later
    on
        earlier.parameter = later.parameter
        and earlier.division_prefix = later.division_prefix
        and earlier.valid_from < later.valid_from
        and (earlier.valid_to is null or earlier.valid_to > later.valid_from)
