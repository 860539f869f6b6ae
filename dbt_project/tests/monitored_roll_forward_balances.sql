-- The roll-forward of the month balances by town, category and base.
select
    town_code,
    monitoring_category,
    base,
    opening,
    closing
from {{ ref('monitored_roll_forward') }}
where
    month = {{ month_start() }}
    and not is_balanced
