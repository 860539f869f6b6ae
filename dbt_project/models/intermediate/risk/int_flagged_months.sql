{{ config(**month_incremental()) }}

-- Which household was flagged by which rule, kept for every month that ran; episodes are made from it.
select
    month,
    household_key,
    division_code,
    town_code,
    rule_code
from {{ ref('int_risk_flags') }}
