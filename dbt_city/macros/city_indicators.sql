{#-
The indicators of the city and the province: quotients of sums, and sums where the catalogue says that they add up. What
cannot be united has no figure and says why: a sum over some of the counties would pass for that of all.
-#}
{% macro city_indicators(united) %}
with county_months as (

    {{ county_months(united) }}

),

-- The code of the city and of the province begins that of the county.
places as (

    select left(district_code, 4) as division_code, 'city' as level, county_months.* from county_months

    union all

    select left(district_code, 2) as division_code, 'province' as level, county_months.* from county_months

),

catalogue as (

    select
        indicator_code,
        max(form) as form,
        max(unit) as unit,
        max(form) in ('ratio', 'mean') as is_quotient,
        -- Counties name their own indicators without knowing each other: equal codes may mean different things.
        count(distinct concat(
            form, '|', coalesce(unit, ''),
            case when domain = 'local' then concat('|', name_zh, '|', numerator, '|', coalesce(denominator, '')) else '' end
        )) = 1 as is_uniform
    from {{ rows_of(united, 'dim_indicator') }}
    group by indicator_code

),

figures as (

    select
        places.month,
        places.division_code,
        places.level,
        places.district_code,
        catalogue.*,
        found.numerator,
        found.denominator,
        coalesce(found.status, 'missing') as status,
        case
            when found.status = 'computed' then null
            when found.status = 'not_applicable' then null
            when not places.has_month then concat(places.county_name, ':没有这个月的数据')
            when found.status is null then concat(places.county_name, ':没有这项指标')
            else concat(places.county_name, ':', coalesce(found.reason, found.status))
        end as lacking
    from places
    cross join catalogue
    left join {{ rows_of(united, 'rural_indicators') }} as found
        on
            places.month = found.month
            and places.district_code = found.district_code
            and places.district_code = found.division_code
            and catalogue.indicator_code = found.indicator_code

),

rolled_up as (

    select
        month,
        indicator_code,
        division_code,
        level,
        unit,
        is_quotient,
        is_uniform,
        cast(count(*) as integer) as counties,
        cast(sum(case when lacking is null then 1 else 0 end) as integer) as counties_united,
        sum(case when status = 'computed' then 1 else 0 end) as counties_computed,
        {{ sum_by_county('numerator') }} as numerator,
        {{ sum_by_county('denominator') }} as denominator,
        {{ joined_texts('lacking', ';') }} as lacking
    from figures
    group by month, indicator_code, division_code, level, unit, is_quotient, is_uniform

),

judged as (

    select
        rolled_up.*,
        case
            when not rolled_up.is_uniform then '各区县这项指标的口径不同'
            when not rolled_up.is_quotient and not coalesce(unions.adds_up, false)
                then coalesce(unions.reason, '目录没有说明各区县的数能否相加')
            else rolled_up.lacking
        end as obstacle
    from rolled_up
    left join {{ ref('indicator_unions') }} as unions on rolled_up.indicator_code = unions.indicator_code

),

stated as (

    select
        judged.*,
        case
            when obstacle is not null then 'not_computable'
            when counties_computed = 0 or (is_quotient and coalesce(denominator, 0) = 0) then 'not_applicable'
            else 'computed'
        end as status
    from judged

)

select
    month,
    indicator_code,
    division_code,
    level,
    counties,
    counties_united,
    case when obstacle is null then numerator end as numerator,
    case when obstacle is null then denominator end as denominator,
    case
        when status <> 'computed' then null
        when is_quotient then numerator * case when unit = '%' then 100 else 1 end / denominator
        else numerator
    end as value,
    status,
    case when status = 'not_applicable' then '没有可计算的对象' else obstacle end as reason
from stated
{% endmacro %}
