-- Flags a drop from the highest per-capita income of the twelve months before. That income must be above zero.
-- Compares exactly, by multiplying across: income / members < reference income / reference members.
with reference as (

    select * from {{ ref('int_household_income') }}
    where
        month >= {{ month_start(-12) }}
        and month < {{ month_start() }}
        and living_members > 0
        and net_income > 0
    qualify row_number() over (
        partition by household_key
        order by cast(net_income as double) / living_members desc, month desc
    ) = 1

),

compared as (

    select
        income.household_key,
        households.town_code,
        income.living_members,
        reference.month as reference_month,
        reference.net_income * income.living_members as before,
        income.net_income * reference.living_members as after
    from {{ ref('int_household_income') }} as income
    inner join reference on income.household_key = reference.household_key
    inner join {{ ref('int_households') }} as households on income.household_key = households.household_key
    where
        income.month = {{ month_start() }}
        and income.living_members > 0

)

select
    'INC-02' as rule_code,
    compared.household_key,
    cast((compared.before - compared.after) * 100 as double) / cast(compared.before as double) as measure,
    cast(allowed.value as double) as threshold,
    compared.living_members as persons,
    {{ evidence(row_reference('agriculture', 'household_income', 'delivered', month='month')) }} as evidence
from compared
inner join {{ ref('int_parameter_values') }} as allowed
    on
        compared.town_code = allowed.division_code
        and allowed.parameter = 'income_drop_pct'
        and allowed.month = {{ month_start() }}
inner join {{ ref('int_household_income') }} as delivered
    on
        compared.household_key = delivered.household_key
        and delivered.month in ({{ month_start() }}, compared.reference_month)
where (compared.before - compared.after) * 100 >= allowed.value * compared.before
group by
    compared.household_key, compared.before, compared.after, compared.living_members, allowed.value
