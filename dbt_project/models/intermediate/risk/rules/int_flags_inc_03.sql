-- Flags per-capita income that is below the monitoring line only after compliant expenses; INC-01 flags the others.
-- Compares exactly: income with line times members.
with incomes as (

    select
        income.household_key,
        income.living_members,
        income.net_income,
        income.net_income - expenses.compliant_self_paid as recognition_income,
        line.value as line,
        {{ row_reference('agriculture', 'household_income', 'income', month='month') }} as delivered_row
    from {{ ref('int_household_income') }} as income
    inner join {{ ref('int_households') }} as households on income.household_key = households.household_key
    inner join {{ ref('int_compliant_expenses') }} as expenses on income.household_key = expenses.household_key
    inner join {{ ref('int_parameter_values') }} as line
        on
            households.town_code = line.division_code
            and line.parameter = 'monitoring_line'
            and line.month = {{ month_start() }}
    where
        income.month = {{ month_start() }}
        and income.living_members > 0

),

flagged as (

    select * from incomes
    where
        net_income >= line * living_members
        and recognition_income < line * living_members

),

delivered as (

    select
        household_key,
        delivered_row
    from flagged

    union all

    select
        settlements.household_key,
        {{ row_reference('health', 'medical_settlements', 'settlements') }} as delivered_row
    from {{ ref('int_settlements_of_year') }} as settlements
    inner join flagged on settlements.household_key = flagged.household_key

)

select
    'INC-03' as rule_code,
    flagged.household_key,
    cast(flagged.recognition_income as double) / flagged.living_members as measure,
    cast(flagged.line as double) as threshold,
    flagged.living_members as persons,
    {{ evidence('delivered.delivered_row') }} as evidence
from flagged
inner join delivered on flagged.household_key = delivered.household_key
group by flagged.household_key, flagged.recognition_income, flagged.line, flagged.living_members
