{{ config(**month_incremental()) }}

-- Shows every town of the month and every rule. A zero comes with its screened households, so that "none found" and
-- "not screened" differ.
with towns as (

    select division_code as town_code
    from {{ ref('int_divisions') }}
    where kind in ('town', 'street')

),

in_scope as (

    select
        town_code,
        count(*) as households,
        count(*) filter (where is_registered or is_monitored) as registered_or_monitored
    from {{ ref('int_households') }}
    where living_members > 0
    group by town_code

),

flagged as (

    select
        rule_code,
        town_code,
        count(*) as households
    from {{ ref('int_risk_flags') }}
    group by rule_code, town_code

),

monitoring as (

    select
        case
            when count(*) = 0
                then '防返贫监测对象名册({{ month_text() }})未接收,按无监测对象筛查'
        end as note
    from {{ ref('int_accepted_datasets') }}
    where
        dataset = 'monitored_households'
        and month = {{ month_start() }}

)

select
    {{ month_start() }} as month,
    screening.rule_code,
    screening.town_code,
    case when screening.is_screened then 'screened' else 'not_screened' end as status,
    coalesce(screening.reason, monitoring.note) as reason,
    cast(case
        when not screening.is_screened then 0
        when rules.households = 'registered or monitored' then coalesce(in_scope.registered_or_monitored, 0)
        else coalesce(in_scope.households, 0)
    end as integer) as screened_households,
    cast(case when screening.is_screened then coalesce(flagged.households, 0) end as integer) as flagged_households
from {{ ref('int_rule_screening') }} as screening
inner join towns on screening.town_code = towns.town_code
inner join {{ ref('risk_rule_catalogue') }} as rules on screening.rule_code = rules.rule_code
cross join monitoring
left join in_scope on screening.town_code = in_scope.town_code
left join flagged
    on
        screening.rule_code = flagged.rule_code
        and screening.town_code = flagged.town_code
