-- The intake accepts no word that the month's scheme does not know, so every monitored household has a category.
select household_key
from {{ ref('int_households') }}
where
    is_monitored
    and monitoring_category is null
