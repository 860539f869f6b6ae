-- A province is computed exactly if each of its cities is, and its numerator is theirs.
with cities as (

    select
        month,
        indicator_code,
        left(division_code, 2) as division_code,
        sum(counties) as counties,
        sum(numerator) as numerator,
        sum(case when status = 'not_computable' then 1 else 0 end) as lacking
    from {{ ref('city_indicators') }}
    where level = 'city'
    group by month, indicator_code, left(division_code, 2)

)

select
    province.month,
    province.indicator_code,
    province.division_code,
    province.numerator,
    cities.numerator as sum_of_cities
from {{ ref('city_indicators') }} as province
left join cities
    on
        province.month = cities.month
        and province.indicator_code = cities.indicator_code
        and province.division_code = cities.division_code
where
    province.level = 'province'
    and (
        cities.counties is distinct from province.counties
        or (cities.lacking > 0) <> (province.status = 'not_computable')
        or abs(province.numerator - cities.numerator) > 1e-6 * greatest(1, abs(cities.numerator))
    )
