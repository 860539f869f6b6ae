-- Sums the delivered rows of each indicator by their place.
select
    indicator_code,
    town_code,
    division_code,
    cast(sum(numerator) as decimal(28, 10)) as numerator,
    cast(sum(denominator) as decimal(28, 10)) as denominator
from {{ ref('int_indicator_rows') }}
group by indicator_code, town_code, division_code
