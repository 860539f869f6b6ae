{%- set counts = ['households_screened', 'households_flagged', 'leads_open', 'leads_overdue'] -%}

-- Lists every count about persons below the district that an open mart shows, of all months: n, for some its base d,
-- and the rest d - n of a ratio. A count that two marts show is one figure, or one would give away the other.
with indicators as (

    select
        figures.month,
        figures.indicator_code as figure,
        figures.division_code,
        figures.numerator as n,
        figures.denominator as d,
        case when catalogue.form = 'ratio' then figures.denominator - figures.numerator end as rest,
        coalesce(figures.denominator, 0) as size
    from {{ ref('rural_indicators') }} as figures
    inner join {{ ref('indicator_catalogue') }} as catalogue on figures.indicator_code = catalogue.code
    where
        catalogue.about = 'persons'
        and catalogue.form in ('count', 'ratio')
        -- All monitored households are the sum of their categories, unless there is one only.
        and (
            figures.indicator_code <> 'monitoring.monitored_households'
            or figures.month in (
                select closings.month from {{ ref('int_monitored_closings') }} as closings
                where closings.figure = 'monitoring.monitored_households'
            )
        )
        and figures.level <> 'district'
        and figures.numerator is not null

),

screening as (

    select
        month,
        concat('screening ', rule_code) as figure,
        town_code as division_code,
        flagged_households as n,
        screened_households as d,
        null as rest,
        screened_households as size
    from {{ ref('risk_screening') }}
    where
        status = 'screened'
        and not {{ is_own('rule_code') }}

),

overview as (

    {% for count in counts %}
    select
        month,
        '{{ count }}' as figure,
        town_code as division_code,
        {{ count }} as n,
        null as d,
        null as rest,
        0 as size
    from {{ ref('int_risk_overview') }}
    where town_code is not null
    union all
    {% endfor %}
    -- The three levels are shown together or not at all.
    select
        month,
        'levels' as figure,
        town_code as division_code,
        red as n,
        orange as d,
        yellow as rest,
        households_flagged as size
    from {{ ref('int_risk_overview') }}
    where town_code is not null

),

-- The opening of a month shows the closing of the month before, also if that has no roll-forward of its own. The
-- monitoring indicators count the same households.
closings as (

    select
        month,
        figure,
        town_code as division_code,
        closing as n
    from {{ ref('int_monitored_closings') }}
    where base = 'persons'

    union all

    select
        {{ dbt.dateadd('month', -1, 'month') }} as month,
        figure,
        town_code as division_code,
        opening as n
    from {{ ref('int_monitored_closings') }}
    where
        base = 'persons'
        and {{ dbt.dateadd('month', -1, 'month') }} not in (
            select earlier.month from {{ ref('int_monitored_closings') }} as earlier
        )

),

cells as (

    select * from indicators
    union all
    select * from screening
    union all
    select * from overview
    union all
    select
        month,
        figure,
        division_code,
        n,
        null as d,
        null as rest,
        0 as size
    from closings

)

select
    cast(month as date) as month,
    figure,
    division_code,
    case when length(division_code) = 12 then left(division_code, 9) else left(division_code, 6) end as parent_code,
    length(division_code) = 12 as is_village,
    cast(n as double) as n,
    cast(d as double) as d,
    cast(rest as double) as rest,
    cast(size as double) as size,
    n = 0 and coalesce(d, 0) = 0 and coalesce(rest, 0) = 0 as is_empty
from cells
