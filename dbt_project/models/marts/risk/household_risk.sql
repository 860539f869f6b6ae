{{ config(**month_incremental()) }}

with flagged as (

    select
        household_key,
        count(*) as rule_count,
        {{ joined_texts('rule_code', ',') }} as rule_codes,
        count(*) filter (where kind = 'income') > 0 as has_income_flag,
        count(*) filter (where kind = 'shock') > 0 as has_shock_flag,
        count(*) filter (where is_new) > 0 as is_new
    from {{ ref('household_risk_flags') }}
    where month = {{ month_start() }}
    group by household_key

),

-- The month's category of each role; of role other for a role that it lacks.
categories as (

    select
    {%- for role in ['registered', 'ordinary', 'sudden'] %}
    coalesce(
        max(monitoring_category) filter (where role = '{{ role }}'),
        max(monitoring_category) filter (where role = 'other')
    ) as {{ role }}{{ ',' if not loop.last }}
    {%- endfor %}
    from {{ ref('int_categories') }}

)

select
    {{ month_start() }} as month,
    flagged.household_key,
    households.division_code,
    households.town_code,
    households.household_type,
    households.monitoring_category,
    -- The first case that fits; a proposal for officers to decide on.
    case
        when households.is_monitored then null
        when flagged.has_income_flag and households.is_registered then categories.registered
        when flagged.has_income_flag then categories.ordinary
        when flagged.has_shock_flag then categories.sudden
        when households.is_registered then categories.registered
    end as candidate_category,
    case
        when flagged.has_income_flag and flagged.has_shock_flag then 'red'
        when flagged.rule_count >= 3 then 'red'
        when flagged.has_income_flag or flagged.has_shock_flag or flagged.rule_count = 2 then 'orange'
        else 'yellow'
    end as risk_level,
    cast(flagged.rule_count as integer) as rule_count,
    flagged.rule_codes,
    flagged.has_income_flag,
    flagged.has_shock_flag,
    flagged.is_new
from flagged
inner join {{ ref('int_households') }} as households on flagged.household_key = households.household_key
cross join categories
