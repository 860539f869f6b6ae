{{ config(alias='reconciliation_deliveries') }}

-- The deliveries for every reader: a file is known by its number. Its name may name people, and its hash lets somebody
-- who has the file find it.
select
    month,
    department,
    dataset,
    delivery_no,
    file_no,
    received_at,
    is_current,
    rows_in_file,
    rows_accepted,
    rows_quarantined,
    rows_duplicate,
    rows_superseded,
    printed_total_rows,
    rows_matched,
    rows_unmatched,
    is_balanced
from {{ ref('reconciliation_deliveries') }}
