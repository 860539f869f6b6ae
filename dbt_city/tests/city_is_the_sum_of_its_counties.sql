-- A computed figure of the city, and its numerator, are those of the counties that begin with its code.
with sums as (

    select
        month,
        indicator_code,
        left(district_code, 4) as division_code,
        sum(numerator) as numerator,
        sum(denominator) as denominator
    from {{ rows_of('united', 'rural_indicators') }}
    where level = 'district'
    group by month, indicator_code, left(district_code, 4)

)

select
    city.month,
    city.indicator_code,
    city.division_code,
    city.numerator,
    sums.numerator as sum_of_counties
from {{ ref('city_indicators') }} as city
left join sums
    on
        city.month = sums.month
        and city.indicator_code = sums.indicator_code
        and city.division_code = sums.division_code
where
    city.level = 'city'
    and city.status = 'computed'
    and (
        sums.numerator is null
        or abs(city.numerator - sums.numerator) > 1e-6 * greatest(1, abs(sums.numerator))
        or abs(coalesce(city.denominator, 0) - coalesce(sums.denominator, 0))
        > 1e-6 * greatest(1, coalesce(sums.denominator, 0))
    )
