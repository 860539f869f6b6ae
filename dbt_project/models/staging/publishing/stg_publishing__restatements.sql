with source as (

    select * from {{ accepted_rows('publishing', 'restatements') }}

)

select
    month,
    published_version,
    mart,
    rows_added,
    rows_removed,
    rows_changed,
    caused_by,
    published_at
from source
