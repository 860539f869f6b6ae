-- Every row of a file is accepted, quarantined, duplicate or superseded, and no more rows are matched than accepted.
{{ config(meta={'dagster': {'ref': {'name': 'reconciliation_deliveries'}}}) }}

select
    month,
    department,
    dataset,
    delivery_no,
    file_name,
    rows_in_file,
    rows_accepted,
    rows_matched
from {{ ref('reconciliation_deliveries') }}
where
    month = {{ month_start() }}
    and (not is_balanced or rows_matched < 0 or rows_unmatched < 0)
