-- Every conflict of the month refers to delivered rows, each by department, dataset, month and reference.
select
    conflict_id,
    rule_code,
    detail
from {{ ref('reconciliation_conflicts') }}
where
    month = {{ month_start() }}
    and not {{ refers_to_rows('detail', before='"evidence":') }}
