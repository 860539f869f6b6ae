-- Says for each rule and town if the rule could be screened this month, or why not. Covers the towns of every vintage:
-- a household may have been flagged in a former town.
with towns as (

    select distinct division_code as town_code
    from {{ ref('dim_division') }}
    where level = 'town'

),

-- A town that delivered nobody to the register was not looked at: nothing found there would be a wrong zero.
unregistered_towns as (

    select towns_of_month.division_code as town_code
    from {{ ref('int_divisions') }} as towns_of_month
    left join {{ ref('int_households') }} as households on towns_of_month.division_code = households.town_code
    where
        towns_of_month.kind in ('town', 'street')
        and households.household_key is null

),

missing as (

    select
        datasets.rule_code,
        towns.town_code,
        datasets.reason
    from {{ ref('int_missing_rule_datasets') }} as datasets
    cross join towns

    union all

    select
        needs.rule_code,
        towns.town_code,
        concat('没有有效的参数', needs.parameter) as reason
    from {{ ref('risk_rule_parameters') }} as needs
    cross join towns
    left join {{ ref('int_parameter_values') }} as parameter_values
        on
            needs.parameter = parameter_values.parameter
            and towns.town_code = parameter_values.division_code
            and parameter_values.month = {{ month_start() }}
    where parameter_values.parameter is null

    union all

    select
        rules.rule_code,
        unregistered_towns.town_code,
        '该镇街没有登记农户' as reason
    from {{ ref('risk_rule_catalogue') }} as rules
    cross join unregistered_towns

)

select
    rules.rule_code,
    towns.town_code,
    count(missing.reason) = 0 as is_screened,
    {{ joined_texts('missing.reason', ';') }} as reason
from {{ ref('risk_rule_catalogue') }} as rules
cross join towns
left join missing
    on
        rules.rule_code = missing.rule_code
        and towns.town_code = missing.town_code
where {{ is_valid('rules.valid_from', 'rules.valid_to') }}
group by rules.rule_code, towns.town_code
