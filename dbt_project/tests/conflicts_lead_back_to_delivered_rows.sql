-- Every conflict of the month names at least one delivered row.
select
    conflict_id,
    rule_code,
    detail
from {{ ref('reconciliation_conflicts') }}
where
    month = {{ month_start() }}
    and detail not like '%"evidence":[{"department":"%"row_number":%'
