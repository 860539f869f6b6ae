-- Since when each conflict of the month has been seen without a break: months of its rule that follow one another keep
-- the same distance between the number of the rule's month and the number of the conflict's. Later months do not matter.
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
