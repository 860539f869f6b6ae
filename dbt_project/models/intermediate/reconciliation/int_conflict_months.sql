{{ config(**month_incremental()) }}

-- Which conflict was found in which month, kept for every month that ran; episodes are made from it.
select
    {{ month_start() }} as month,
    rule_code,
    subject
from {{ ref('int_conflicts') }}
