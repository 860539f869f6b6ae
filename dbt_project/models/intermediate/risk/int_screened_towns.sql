{{ config(**month_incremental()) }}

-- Keeps the screened rules and towns of every month that ran. Months without screening bridge an episode.
select
    {{ month_start() }} as month,
    rule_code,
    town_code
from {{ ref('int_rule_screening') }}
where is_screened
