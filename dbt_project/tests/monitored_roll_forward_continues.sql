-- The month opens with the closing of the month before.
select
    now.town_code,
    now.monitoring_category,
    now.base,
    before.closing,
    now.opening
from {{ ref('monitored_roll_forward') }} as now
inner join {{ ref('monitored_roll_forward') }} as before
    on
        now.town_code = before.town_code
        and now.monitoring_category = before.monitoring_category
        and now.base = before.base
where
    now.month = {{ month_start() }}
    and before.month = {{ month_start(-1) }}
    and now.opening <> before.closing
