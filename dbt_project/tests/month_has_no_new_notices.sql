-- A month's notices are a warning to whoever uses its figures.
{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'month_notices'}}}) }}

select
    notice_code,
    subject
from {{ ref('month_notices') }}
where month = {{ month_start() }}
