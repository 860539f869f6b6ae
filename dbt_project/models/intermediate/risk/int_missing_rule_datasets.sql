-- Lists the deliveries that a rule lacks this month, those of its look-back included.
with required as (

    select
        needs.rule_code,
        needs.dataset,
        datasets.label_zh,
        cast({{ dbt.dateadd('month', 'needs.earliest_offset', month_start()) }} as date) as earliest_month,
        cast({{ dbt.dateadd('month', 'needs.latest_offset', month_start()) }} as date) as latest_month
    from {{ ref('risk_rule_datasets') }} as needs
    inner join {{ ref('datasets') }} as datasets on needs.dataset = datasets.dataset

)

select
    required.rule_code,
    concat(
        '缺少', required.label_zh, '(', {{ year_month('required.earliest_month') }},
        case
            when required.earliest_month < required.latest_month
                then concat('至', {{ year_month('required.latest_month') }})
            else ''
        end,
        ')'
    ) as reason
from required
left join {{ ref('int_accepted_datasets') }} as available
    on
        required.dataset = available.dataset
        and required.earliest_month <= available.month
        and required.latest_month >= available.month
where available.dataset is null

union all

-- A county's own rule reads what counts for the month.
select
    own.rule_code,
    deliveries.reason
from {{ ref('own_rules') }} as own
inner join {{ ref('int_applicable_deliveries') }} as deliveries
    on concat(',', own.datasets, ',') like concat('%,', deliveries.dataset, ',%')
where deliveries.standing <> 'counted'
