-- The roll-forward of the month balances by town, category and base.
select *
from {{ ref('monitored_roll_forward') }}
where
    month = {{ month_start() }}
    and not is_balanced
