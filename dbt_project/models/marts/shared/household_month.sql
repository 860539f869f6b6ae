{{ config(**month_incremental()) }}

-- Null if the dataset was not accepted: "not screened" is not "none found".
with accepted as (

    select
        count(*) filter (where dataset = 'household_income') > 0 as has_income,
        count(*) filter (where dataset = 'subsistence_allowance') > 0 as has_subsistence,
        count(*) filter (where dataset = 'extreme_poverty_support') > 0 as has_extreme_poverty,
        count(*) filter (where dataset = 'medical_settlements') > 0 as has_settlements
    from {{ ref('int_accepted_datasets') }}
    where month = {{ month_start() }}

),

protected as (

    select
        members.household_key,
        count(*) filter (where protection.dataset = 'subsistence_allowance') > 0 as has_subsistence,
        count(*) filter (where protection.dataset = 'extreme_poverty_support') > 0 as has_extreme_poverty
    from {{ ref('int_members') }} as members
    inner join {{ ref('int_protected_persons') }} as protection on members.person_key = protection.person_key
    where
        members.is_living
        and protection.extract_month = {{ month_start() }}
    group by members.household_key

)

select
    {{ month_start() }} as month,
    households.household_key,
    households.division_code,
    households.town_code,
    households.household_type,
    households.monitoring_category,
    households.living_members,
    households.labourers,
    cast(income.net_income as double) as net_income,
    cast(income.net_income as double) / nullif(households.living_members, 0) as income_per_capita,
    households.housing_grade,
    households.has_safe_water,
    case when accepted.has_subsistence then coalesce(protected.has_subsistence, false) end
        as has_subsistence_allowance,
    case when accepted.has_extreme_poverty then coalesce(protected.has_extreme_poverty, false) end
        as has_extreme_poverty_support,
    case when accepted.has_settlements then cast(coalesce(inpatient.self_paid, 0) as double) end
        as inpatient_self_paid_ytd,
    accepted.has_income as income_delivered,
    households.policy_status,
    cast(expenses.compliant_self_paid as double) as compliant_self_paid,
    cast(income.net_income - expenses.compliant_self_paid as double) / nullif(households.living_members, 0)
        as recognition_income_per_capita
from {{ ref('int_households') }} as households
cross join accepted
left join {{ ref('int_household_income') }} as income
    on
        households.household_key = income.household_key
        and income.month = {{ month_start() }}
left join {{ ref('int_compliant_expenses') }} as expenses on households.household_key = expenses.household_key
left join protected on households.household_key = protected.household_key
left join {{ ref('int_inpatient_self_payments') }} as inpatient on households.household_key = inpatient.household_key
