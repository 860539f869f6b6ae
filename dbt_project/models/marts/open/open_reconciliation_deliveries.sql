{{ config(alias='reconciliation_deliveries') }}

-- The deliveries for every reader: a file is known by its number. Its name may name people, and its hash lets somebody
-- who has the file find it.
select
    deliveries.month,
    deliveries.department,
    deliveries.dataset,
    deliveries.delivery_no,
    files.file_no,
    deliveries.received_at,
    deliveries.is_current,
    deliveries.rows_in_file,
    deliveries.rows_accepted,
    deliveries.rows_quarantined,
    deliveries.rows_duplicate,
    deliveries.rows_superseded,
    deliveries.printed_total_rows,
    deliveries.rows_matched,
    deliveries.rows_unmatched,
    deliveries.is_balanced
from {{ ref('reconciliation_deliveries') }} as deliveries
inner join {{ ref('stg_intake__deliveries') }} as files
    on
        deliveries.month = files.extract_month
        and deliveries.dataset = files.dataset
        and deliveries.delivery_no = files.delivery_no
        and deliveries.file_name = files.file_name
