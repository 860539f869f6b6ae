-- Every rule that is valid in the month has a screening result in every town of the month, and a row of performance.
{{ config(meta={'dagster': {'ref': {'name': 'risk_screening'}}}) }}

with expected as (

    select
        rules.rule_code,
        towns.division_code as town_code
    from {{ ref('risk_rule_catalogue') }} as rules
    cross join {{ ref('int_divisions') }} as towns
    where
        towns.kind in ('town', 'street')
        and {{ is_valid('rules.valid_from', 'rules.valid_to') }}

    union all

    select
        rule_code,
        'all' as town_code
    from {{ ref('risk_rule_catalogue') }}
    where {{ is_valid('valid_from', 'valid_to') }}

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

(
    select
        rule_code,
        town_code
    from expected
    except
    select
        rule_code,
        town_code
    from found
)
union all
(
    select
        rule_code,
        town_code
    from found
    except
    select
        rule_code,
        town_code
    from expected
)
