-- Names for each row of the roll-forward the figure of int_open_cells that its closing is. A count that two marts show
-- is one figure: the households of a role are those of its monitoring indicator, and so are all monitored households
-- where the month has one category only.
with roles as (

    select
        name_zh,
        valid_from,
        valid_to,
        role,
        min(valid_from) over () as first_day
    from {{ ref('category_schemes') }}

),

figures as (

    select
        rolled.*,
        roles.role,
        min(rolled.monitoring_category) over months = max(rolled.monitoring_category) over months as is_only
    from {{ ref('monitored_roll_forward') }} as rolled
    left join roles
        on
            rolled.monitoring_category = roles.name_zh
            and greatest(last_day(rolled.month), roles.first_day) >= roles.valid_from
            and (roles.valid_to is null or greatest(last_day(rolled.month), roles.first_day) < roles.valid_to)
    window months as (partition by rolled.month)

)

select
    month,
    town_code,
    monitoring_category,
    base,
    opening,
    newly_identified,
    returned,
    moved_in,
    eliminated,
    left_register,
    moved_out,
    size_change,
    closing,
    is_balanced,
    case
        when base = 'households' and role = 'registered' then 'monitoring.unstable_households'
        when base = 'households' and role = 'ordinary' then 'monitoring.marginal_households'
        when base = 'households' and role = 'sudden' then 'monitoring.sudden_hardship_households'
        when base = 'households' and is_only then 'monitoring.monitored_households'
        else concat('closing ', base, ' ', monitoring_category)
    end as figure
from figures
