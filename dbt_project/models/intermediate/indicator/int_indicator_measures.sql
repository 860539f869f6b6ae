-- Sums the delivered rows of each indicator, and the leads, by their place.
with cases as (

    {% for relation in [ref('int_indicator_rows'), ref('int_measures_leads')] %}
    select
        indicator_code,
        town_code,
        division_code,
        numerator,
        denominator
    from {{ relation }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    indicator_code,
    town_code,
    division_code,
    cast(sum(numerator) as decimal(28, 10)) as numerator,
    cast(sum(denominator) as decimal(28, 10)) as denominator
from cases
group by indicator_code, town_code, division_code
