{{ config(**month_incremental()) }}

-- Keeps the flagged households and rules of every month that ran. Episodes are made from them.
select
    month,
    household_key,
    division_code,
    town_code,
    rule_code
from {{ ref('int_risk_flags') }}
