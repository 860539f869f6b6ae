{{ config(**month_incremental()) }}

-- Keeps exact decimals, because thresholds compare them; marts show doubles. Keeps every month, because INC-02 looks
-- back.
select
    income.extract_month as month,
    income.household_key,
    households.living_members,
    cast(
        income.wage_income
        + income.operating_income
        + income.property_income
        + income.transfer_income
        - income.operating_expense as decimal(28, 10)
    ) as net_income,
    income.row_ref
from {{ ref('stg_agriculture__household_income') }} as income
inner join {{ ref('int_households') }} as households on income.household_key = households.household_key
where income.extract_month = {{ month_start() }}
