{{ config(**month_incremental()) }}

-- Computes every indicator in every division of its levels, and keeps every month that ran. This is the only place
-- that computes status, roll-up, value and target.
with rolled_up as (

    -- Cases without a place, or in a virtual village, count for the district only.
    select
        measures.indicator_code,
        districts.district_code as division_code,
        sum(measures.numerator) as numerator,
        sum(measures.denominator) as denominator
    from {{ ref('int_indicator_measures') }} as measures
    cross join {{ ref('districts') }} as districts
    group by measures.indicator_code, districts.district_code

    union all

    select
        indicator_code,
        coalesce(town_code, left(division_code, 9)) as division_code,
        sum(numerator) as numerator,
        sum(denominator) as denominator
    from {{ ref('int_indicator_measures') }}
    where coalesce(town_code, division_code) is not null
    group by indicator_code, coalesce(town_code, left(division_code, 9))

    union all

    select
        indicator_code,
        division_code,
        sum(numerator) as numerator,
        sum(denominator) as denominator
    from {{ ref('int_indicator_measures') }}
    where division_code is not null
    group by indicator_code, division_code

),

grain as (

    select
        catalogue.code as indicator_code,
        catalogue.form in ('ratio', 'mean') as is_quotient,
        catalogue.denominator is not null as has_denominator,
        case when catalogue.unit = '%' then 100 else 1 end as factor,
        divisions.division_code,
        divisions.level
    from {{ ref('indicator_catalogue') }} as catalogue
    -- The catalogue writes levels by their first letters: D, T and V.
    inner join {{ ref('int_divisions') }} as divisions
        on catalogue.levels like concat('%', upper(left(divisions.level, 1)), '%')
    where coalesce(divisions.kind, '') <> 'virtual'

),

figures as (

    select
        grain.*,
        standing.reason,
        standing.source_month,
        case when standing.status = 'computed' then coalesce(rolled_up.numerator, 0) end as numerator,
        case
            when standing.status = 'computed' and grain.has_denominator then coalesce(rolled_up.denominator, 0)
        end as denominator,
        case
            when standing.status <> 'computed' then standing.status
            when grain.is_quotient and coalesce(rolled_up.denominator, 0) = 0 then 'not_applicable'
            else 'computed'
        end as status
    from grain
    inner join {{ ref('int_indicator_availability') }} as standing on grain.indicator_code = standing.indicator_code
    left join rolled_up
        on
            grain.indicator_code = rolled_up.indicator_code
            and grain.division_code = rolled_up.division_code

)

select
    {{ month_start() }} as month,
    figures.indicator_code,
    figures.division_code,
    figures.level,
    cast(figures.numerator as double) as numerator,
    cast(figures.denominator as double) as denominator,
    case
        when figures.status <> 'computed' then null
        when figures.is_quotient
            then cast(figures.numerator as double) * figures.factor / cast(figures.denominator as double)
        else cast(figures.numerator as double)
    end as value,
    figures.status,
    case
        when figures.status = 'not_applicable' then coalesce(figures.reason, '没有可计算的对象(分母为0)')
        else figures.reason
    end as reason,
    figures.source_month,
    targets.target,
    benchmarks.province_benchmark,
    benchmarks.national_benchmark
from figures
left join {{ ref('int_indicator_benchmarks') }} as benchmarks on figures.indicator_code = benchmarks.indicator_code
left join {{ ref('int_indicator_targets') }} as targets
    on
        figures.indicator_code = targets.indicator_code
        and figures.division_code = targets.division_code
