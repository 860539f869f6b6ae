{{ config(post_hook="{{ label_construction_columns(this) }}") }}

-- Puts the indicators of rural construction side by side. The catalogue decides the columns; no contract lists them.
with names as (

    -- A division has the name of its newest vintage up to the month, or of its oldest one.
    select
        months.month,
        divisions.division_code,
        coalesce(
            max_by(divisions.name, divisions.valid_from) filter (where divisions.valid_from <= last_day(months.month)),
            min_by(divisions.name, divisions.valid_from)
        ) as name
    from (select distinct month from {{ ref('rural_indicators') }}) as months
    cross join {{ ref('dim_division') }} as divisions
    group by months.month, divisions.division_code

)

select
    figures.month,
    figures.division_code,
    figures.level,
    names.name{% for indicator in construction_indicators() %},
    max(case when figures.indicator_code = '{{ indicator.code }}' then figures.value end) as {{ indicator.column }}
    {%- endfor %}
from {{ ref('rural_indicators') }} as figures
inner join names
    on
        figures.month = names.month
        and figures.division_code = names.division_code
group by figures.month, figures.division_code, figures.level, names.name
