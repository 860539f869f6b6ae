-- A notice that stands since the month before waits for somebody else, and a warning that never goes is not read any
-- more. Older words of categories are in each delivery anew, and its department can correct them.
{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'month_notices'}}}) }}

select
    notice_code,
    subject
from {{ ref('month_notices') }}
where
    month = {{ month_start() }}
    and (is_new or notice_code = 'CAT-01')
