{#-
Places of a level ranked within the city's counties, by the indicators that compare: ratios and means of which more or
less is better. A count depends on the size of the place. Equal values share a rank.
-#}
{% macro ranking(united, level) %}
with catalogue as (

    select indicator_code, max(better) as better
    from {{ rows_of(united, 'dim_indicator') }}
    where form in ('ratio', 'mean')
    group by indicator_code
    having count(distinct concat(form, '|', coalesce(unit, ''), '|', better)) = 1

)

select
    found.month,
    found.indicator_code,
    found.district_code,
    counties.county_name,
    {% if level == 'town' %}
    found.division_code as town_code,
    {% endif %}
    found.value,
    cast(rank() over (
        partition by found.month, found.indicator_code
        order by case when catalogue.better = 'higher' then -found.value else found.value end
    ) as integer) as rank,
    cast(count(*) over (partition by found.month, found.indicator_code) as integer) as places_ranked
from {{ rows_of(united, 'rural_indicators') }} as found
inner join catalogue on found.indicator_code = catalogue.indicator_code
inner join {{ rows_of('city', 'counties') }} as counties on found.district_code = counties.district_code
where
    found.level = '{{ level }}'
    and found.status = 'computed'
    and catalogue.better in ('higher', 'lower')
{% endmacro %}
