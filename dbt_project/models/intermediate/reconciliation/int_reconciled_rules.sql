{{ config(**month_incremental()) }}

-- Keeps for every month that ran the rules that had their datasets, needed columns and parameters. Other months bridge
-- an episode.
with lacking as (

    select rules.rule_code
    from {{ ref('conflict_rules') }} as rules
    inner join {{ ref('int_applicable_deliveries') }} as deliveries
        on concat(',', rules.datasets, ',') like concat('%,', deliveries.dataset, ',%')
    where deliveries.standing <> 'counted'

    union all

    select unfilled.rule_code
    from ({{ unfilled_needs(ref('conflict_rules'), 'rule_code') }}) as unfilled

    union all

    select rule_code
    from {{ ref('conflict_rule_parameters') }}
    where
        valid_on = 'month'
        and parameter not in (
            select parameter from {{ ref('int_parameter_values') }}
            where month = {{ month_start() }}
        )

)

select
    {{ month_start() }} as month,
    rule_code
from {{ ref('conflict_rules') }}
where
    rule_code not in (select rule_code from lacking)
    and {{ is_valid('valid_from') }}
