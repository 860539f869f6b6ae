-- Households and leads at risk for every reader, by town; of the district (town_code null) every count is shown.
with shown as (

    select
        month,
        figure,
        division_code
    from {{ ref('int_suppressed_cells') }}
    where not is_suppressed

    union all

    select
        month,
        figure,
        null as division_code
    from {{ ref('int_suppressed_cells') }}
    group by month, figure

)

select
    overview.month,
    overview.town_code,
    max(overview.households_screened) filter (where shown.figure = 'households_screened') as households_screened,
    max(overview.households_flagged) filter (where shown.figure = 'households_flagged') as households_flagged,
    {% for level in ['red', 'orange', 'yellow'] %}
    -- The sum of the levels would show the flagged households.
    case
        when count(*) filter (where shown.figure in ('levels', 'households_flagged')) = 2 then overview.{{ level }}
    end as {{ level }},
    {% endfor %}
    max(overview.leads_open) filter (where shown.figure = 'leads_open') as leads_open,
    max(overview.leads_overdue) filter (where shown.figure = 'leads_overdue') as leads_overdue
from {{ ref('int_risk_overview') }} as overview
left join shown
    on
        overview.month = shown.month
        and overview.town_code is not distinct from shown.division_code
group by overview.month, overview.town_code, overview.red, overview.orange, overview.yellow
