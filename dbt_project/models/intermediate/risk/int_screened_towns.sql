{{ config(**month_incremental()) }}

-- Which rule was screened in which town, kept for every month that ran. Where and when it was not, episodes are bridged.
select
    {{ month_start() }} as month,
    rule_code,
    town_code
from {{ ref('int_rule_screening') }}
where is_screened
