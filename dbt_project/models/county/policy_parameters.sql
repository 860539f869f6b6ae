select
    parameter,
    division_prefix,
    valid_from,
    valid_to,
    value,
    unit,
    source,
    last_verified,
    is_placeholder,
    renews_months,
    instrument_no
from {{ accepted_rows('reference', 'policy_parameters') }}
