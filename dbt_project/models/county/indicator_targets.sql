select
    indicator_code,
    division_prefix,
    valid_from,
    valid_to,
    target,
    source
from {{ accepted_rows('reference', 'indicator_targets') }}
