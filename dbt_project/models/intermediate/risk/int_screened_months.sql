-- The months in which each rule was screened somewhere, in order. Other months bridge an episode.
with screened as (

    select distinct
        rule_code,
        month
    from {{ ref('risk_screening') }}
    where status = 'screened'

)

select
    rule_code,
    month,
    row_number() over (partition by rule_code order by month) as month_number,
    lead(month) over (partition by rule_code order by month) as next_month
from screened
