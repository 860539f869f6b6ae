-- Flags per-capita income below the monitoring line. Compares exactly: income with line times members.
select
    'INC-01' as rule_code,
    income.household_key,
    cast(income.net_income as double) / income.living_members as measure,
    cast(line.value as double) as threshold,
    income.living_members as persons,
    {{ evidence(row_reference('agriculture', 'household_income', 'income', month='month')) }} as evidence
from {{ ref('int_household_income') }} as income
inner join {{ ref('int_households') }} as households on income.household_key = households.household_key
inner join {{ ref('int_parameter_values') }} as line
    on
        households.town_code = line.division_code
        and line.parameter = 'monitoring_line'
        and line.month = {{ month_start() }}
where
    income.month = {{ month_start() }}
    and income.living_members > 0
    and income.net_income < line.value * income.living_members
group by income.household_key, income.net_income, income.living_members, line.value
