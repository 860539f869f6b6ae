-- Every rule answers for every town of the month, and every rule has its performance.
{{ config(meta={'dagster': {'ref': {'name': 'risk_screening'}}}) }}

with expected as (

    select
        rules.rule_code,
        towns.division_code as town_code
    from {{ ref('dim_risk_rule') }} as rules
    cross join {{ ref('int_divisions') }} as towns
    where towns.kind in ('town', 'street')

    union all

    select
        rule_code,
        'all' as town_code
    from {{ ref('dim_risk_rule') }}

),

found as (

    select
        rule_code,
        town_code
    from {{ ref('risk_screening') }}
    where month = {{ month_start() }}

    union all

    select
        rule_code,
        'all' as town_code
    from {{ ref('rule_performance') }}
    where month = {{ month_start() }}

)

(select * from expected except select * from found)
union all
(select * from found except select * from expected)
