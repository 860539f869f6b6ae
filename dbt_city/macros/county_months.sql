{#- Every county of the city in every month that any county has published, and whether it has published that month. -#}
{% macro county_months(united) %}
    select
        months.month,
        counties.district_code,
        counties.county_name,
        there.month is not null as has_month
    from (select distinct month from {{ rows_of(united, 'dim_month') }}) as months
    cross join {{ rows_of('city', 'counties') }} as counties
    left join {{ rows_of(united, 'dim_month') }} as there
        on
            months.month = there.month
            and counties.district_code = there.district_code
{% endmacro %}
