{{ config(alias='risk_screening') }}

-- The screening of every rule for every reader, without small cells.
select
    screening.month,
    screening.rule_code,
    screening.town_code,
    case when cells.is_suppressed then 'suppressed' else screening.status end as status,
    case when cells.is_suppressed then cells.reason else screening.reason end as reason,
    case when not cells.is_suppressed then screening.screened_households end as screened_households,
    case when not cells.is_suppressed then screening.flagged_households end as flagged_households
from {{ ref('risk_screening') }} as screening
inner join {{ ref('int_suppressed_cells') }} as cells
    on
        screening.month = cells.month
        and screening.town_code = cells.division_code
        and cells.figure = concat('screening ', screening.rule_code)

union all

select
    month,
    rule_code,
    town_code,
    case status when 'screened' then 'suppressed' else status end as status,
    -- An own rule may differ from another one by a few households.
    case status when 'screened' then '自有规则,不公布' else reason end as reason,
    null as screened_households,
    null as flagged_households
from {{ ref('risk_screening') }}
where
    status = 'not_screened'
    or {{ is_own('rule_code') }}
