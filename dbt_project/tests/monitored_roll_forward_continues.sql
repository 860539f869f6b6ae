-- The month opens with the closing of the month before: by category, and by town if the scheme of categories changed.
with months as (

    select
        month,
        {{ joined_texts('monitoring_category', ';') }} as scheme
    from {{ ref('monitored_roll_forward') }}
    where month in ({{ month_start(-1) }}, {{ month_start() }})
    group by month

),

schemes as (

    select
        count(*) as months,
        min(scheme) = max(scheme) as is_same
    from months

),

counted as (

    select
        rolled.town_code,
        rolled.base,
        case when schemes.is_same then rolled.monitoring_category end as monitoring_category,
        sum(rolled.opening) filter (where rolled.month = {{ month_start() }}) as opening,
        sum(rolled.closing) filter (where rolled.month = {{ month_start(-1) }}) as closing
    from {{ ref('monitored_roll_forward') }} as rolled
    cross join schemes
    where
        rolled.month in ({{ month_start(-1) }}, {{ month_start() }})
        and schemes.months = 2
    group by rolled.town_code, rolled.base, case when schemes.is_same then rolled.monitoring_category end

)

select
    town_code,
    monitoring_category,
    base,
    closing,
    opening
from counted
where opening <> closing
