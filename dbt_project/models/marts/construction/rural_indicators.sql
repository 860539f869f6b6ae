-- Shows all months built so far, each with the current values of the month before and of the year before. A month that
-- runs again, or after its followers, is thus seen by all of them.
with figures as (

    select * from {{ ref('int_indicator_values') }}

)

select
    figures.month,
    figures.indicator_code,
    figures.division_code,
    figures.level,
    figures.numerator,
    figures.denominator,
    figures.value,
    figures.status,
    figures.reason,
    figures.source_month,
    figures.target,
    previous.value as previous_value,
    figures.value - previous.value as change,
    year_ago.value as year_ago_value,
    figures.province_benchmark,
    figures.national_benchmark
{{ with_earlier_values('figures') }}
