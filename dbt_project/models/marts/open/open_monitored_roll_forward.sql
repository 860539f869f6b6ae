{{ config(alias='monitored_roll_forward') }}

{%- set counts = [
    'opening', 'newly_identified', 'returned', 'moved_in', 'eliminated', 'left_register', 'moved_out', 'size_change',
] %}

-- The roll-forward for every reader. A closing follows the suppression of its cell. The other counts of a row are shown
-- all or none: none if one is small, or if the opening would show a closing that the month before does not.
with figures as (

    select
        *,
        {{ dbt.dateadd('month', -1, 'month') }} as month_before
    from {{ ref('int_monitored_closings') }}

),

judged as (

    select
        figures.*,
        coalesce(cells.is_suppressed, true) as is_suppressed,
        cells.reason as suppressed_reason,
        coalesce(cells.is_suppressed, true)
        or coalesce(earlier.is_suppressed, true)
        {%- for count in counts %}
        or coalesce({{ is_small('abs(figures.' ~ count ~ ')', 'smallest.value') }}, true)
        {%- endfor %} as hides_movements
    from figures
    left join {{ ref('int_suppressed_cells') }} as cells
        on
            figures.month = cells.month
            and figures.town_code = cells.division_code
            and figures.figure = cells.figure
    left join {{ ref('int_suppressed_cells') }} as earlier
        on
            figures.month_before = earlier.month
            and figures.town_code = earlier.division_code
            and figures.figure = earlier.figure
    left join {{ ref('int_parameter_values') }} as smallest
        on
            figures.month = smallest.month
            and left(figures.town_code, 6) = smallest.division_code
            and smallest.parameter = 'disclosure_min_cell'

)

select
    month,
    town_code,
    monitoring_category,
    base,
    case when is_suppressed then 'suppressed' when hides_movements then 'closing_only' else 'counted' end as status,
    case
        when is_suppressed then coalesce(suppressed_reason, '没有可核对的监测数,不公布')
        when hides_movements then '增减数过少或可推出上月数,只公布期末数'
    end as reason,
    {%- for count in counts %}
    case when not hides_movements then {{ count }} end as {{ count }},
    {%- endfor %}
    case when not is_suppressed then closing end as closing,
    is_balanced
from judged
