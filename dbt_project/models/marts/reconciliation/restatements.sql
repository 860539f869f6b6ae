-- The rows of the version that this run is for come with publishing, which alone can compare it with the one before.
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
