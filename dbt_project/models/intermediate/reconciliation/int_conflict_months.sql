{{ config(**month_incremental()) }}

-- Keeps the conflicts of every month that ran. Episodes are made from them.
select
    {{ month_start() }} as month,
    rule_code,
    subject
from {{ ref('int_conflicts') }}
