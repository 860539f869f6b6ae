-- Publishing adds the rows of this run's version: only it can compare that version with the one before.
select
    month,
    published_version,
    mart,
    rows_added,
    rows_removed,
    rows_changed,
    caused_by,
    published_at
from {{ ref('stg_publishing__restatements') }}
