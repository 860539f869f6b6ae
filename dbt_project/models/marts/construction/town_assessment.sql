{{ config(**month_incremental()) }}

-- Scores each town by its distance to the targets: the mean over its indicators that have a target and a better side.
with compared as (

    select
        figures.division_code as town_code,
        figures.indicator_code,
        case
            when catalogue.better = 'higher' then least(coalesce(figures.value / nullif(figures.target, 0), 1), 1)
            when figures.value <= figures.target then 1
            else figures.target / figures.value
        end as share_of_target
    from {{ ref('rural_indicators') }} as figures
    inner join {{ ref('indicator_catalogue') }} as catalogue on figures.indicator_code = catalogue.code
    where
        figures.month = {{ month_start() }}
        and figures.level = 'town'
        and figures.status = 'computed'
        and figures.target is not null
        and catalogue.better in ('higher', 'lower')

),

scored as (

    -- Decimals, so that the mean does not depend on the order of addition.
    select
        town_code,
        indicator_code,
        {{ decimal_of_double('share_of_target', 15) }} as points
    from compared

),

assessed as (

    select
        towns.division_code as town_code,
        count(scored.points) as indicators_scored,
        cast(sum(scored.points) as double) * 100 / nullif(count(scored.points), 0) as score
    from {{ ref('int_divisions') }} as towns
    left join scored on towns.division_code = scored.town_code
    where towns.kind in ('town', 'street')
    group by towns.division_code

),

weakest as (

    select
        town_code,
        indicator_code
    from scored
    qualify row_number() over (partition by town_code order by points, indicator_code) = 1

)

select
    {{ month_start() }} as month,
    assessed.town_code,
    cast(assessed.indicators_scored as integer) as indicators_scored,
    assessed.score,
    -- Means of equal towns may differ in their last digit.
    cast(case
        when assessed.score is not null then rank() over (order by round(assessed.score, 9) desc nulls last)
    end as integer) as rank,
    weakest.indicator_code as weakest_indicator
from assessed
left join weakest on assessed.town_code = weakest.town_code
