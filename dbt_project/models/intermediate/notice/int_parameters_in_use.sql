-- Lists the rows of the parameters that the month uses: picked for the district or one of its towns, and read by a rule
-- or a figure that is valid in the month.
with readers as (

    select needs.parameter
    from {{ ref('risk_rule_parameters') }} as needs
    inner join {{ ref('risk_rule_catalogue') }} as rules on needs.rule_code = rules.rule_code
    where {{ is_valid('rules.valid_from', 'rules.valid_to') }}

    union all

    select needs.parameter
    from {{ ref('conflict_rule_parameters') }} as needs
    inner join {{ ref('conflict_rules') }} as rules on needs.rule_code = rules.rule_code
    where {{ is_valid('rules.valid_from') }}

    union all

    select parameter
    from {{ ref('indicator_parameters') }}

    union all

    select parameter
    from {{ ref('parameters') }}
    where figure is not null

),

picked as (

    select distinct
        known.parameter,
        known.division_prefix,
        known.valid_from
    from {{ ref('int_month_parameters') }} as known
    inner join {{ ref('int_divisions') }} as divisions on known.division_code = divisions.division_code
    where
        divisions.level in ('district', 'town')
        and known.parameter in (select parameter from readers)

)

select
    picked.parameter,
    names.name_zh,
    picked.division_prefix,
    picked.valid_from,
    concat(picked.parameter, '|', picked.division_prefix, '|', cast(picked.valid_from as {{ dbt.type_string() }}))
        as subject,
    concat(
        '参数“', names.name_zh, '”(适用区划', case picked.division_prefix when '' then '全部' else picked.division_prefix end,
        ',', cast(picked.valid_from as {{ dbt.type_string() }}), '起)'
    ) as label,
    given.last_verified,
    given.renews_months,
    given.is_placeholder,
    given.instrument_no
from picked
inner join {{ ref('parameters') }} as names on picked.parameter = names.parameter
inner join {{ ref('policy_parameters') }} as given
    on
        picked.parameter = given.parameter
        and picked.division_prefix = coalesce(given.division_prefix, '')
        and picked.valid_from = given.valid_from
