-- Finds the first month of each conflict's unbroken run. In consecutive months of the rule, the number of the rule's
-- month and the number of the conflict's month keep the same distance. Later months do not matter.
with reconciled as (

    select
        rule_code,
        month,
        row_number() over (partition by rule_code order by month) as month_number
    from {{ ref('int_reconciled_rules') }}
    where month <= {{ month_start() }}

),

numbered as (

    select
        conflicts.rule_code,
        conflicts.subject,
        conflicts.month,
        reconciled.month_number - row_number() over (
            partition by conflicts.rule_code, conflicts.subject order by conflicts.month
        ) as episode
    from {{ ref('int_conflict_months') }} as conflicts
    inner join reconciled
        on
            conflicts.rule_code = reconciled.rule_code
            and conflicts.month = reconciled.month

)

select
    rule_code,
    subject,
    min(month) as first_seen_month
from numbered
group by rule_code, subject, episode
having max(month) = {{ month_start() }}
