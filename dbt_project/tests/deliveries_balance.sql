-- Nothing is dropped without a count: every row of a file is accepted, quarantined, duplicate or superseded, and no more
-- rows are matched than accepted.
{{ config(meta={'dagster': {'ref': {'name': 'reconciliation_deliveries'}}}) }}

select *
from {{ ref('reconciliation_deliveries') }}
where
    month = {{ month_start() }}
    and (not is_balanced or rows_matched < 0 or rows_unmatched < 0)
