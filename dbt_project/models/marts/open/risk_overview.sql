{%- set counts = ['households_screened', 'households_flagged', 'leads_open', 'leads_overdue'] %}
{%- set levels = ['red', 'orange', 'yellow'] %}

-- Households and leads at risk for every reader, by town; of the district (town_code null) every count is shown.
with shown as (

    select
        month,
        division_code,
        {%- for count in counts + ['levels'] %}
        bool_and(not is_suppressed) filter (where figure = '{{ count }}') as shows_{{ count }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_suppressed_cells') }}
    group by month, division_code

)

select
    overview.month,
    overview.town_code,
    {%- for count in counts[:2] %}
    case when overview.town_code is null or shown.shows_{{ count }} then overview.{{ count }} end as {{ count }},
    {%- endfor %}
    {%- for level in levels %}
    -- Their sum would show the flagged households.
    case
        when overview.town_code is null or (shown.shows_levels and shown.shows_households_flagged) then overview.{{ level }}
    end as {{ level }},
    {%- endfor %}
    {%- for count in counts[2:] %}
    case
        when overview.town_code is null or shown.shows_{{ count }} then overview.{{ count }}
    end as {{ count }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ ref('int_risk_overview') }} as overview
left join shown
    on
        overview.month = shown.month
        and overview.town_code = shown.division_code
