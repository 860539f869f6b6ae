{{ config(**month_incremental()) }}

select
    {{ month_start() }} as month,
    instrument_no,
    title,
    document_no,
    issuer,
    subject,
    form,
    issuing_level,
    issued_on,
    effective_on,
    expires_on,
    replaces,
    is_in_force
from {{ ref('int_policy_instruments') }}
