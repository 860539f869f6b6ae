{{ config(**month_incremental()) }}

{%- set k = district_parameter('disclosure_min_cell') %}

-- Households for every reader, in bands, without key and village. A group of equal town, type, members and income has
-- at least disclosure_min_cell rows: those of smaller ones lose the town, then the income band, then are left out.
with banded as (

    select
        households.town_code,
        households.household_type,
        case
            when households.living_members = 1 then '1'
            when households.living_members <= 3 then '2-3'
            when households.living_members <= 5 then '4-5'
            else '6+'
        end as members_band,
        case
            when households.net_income < households.living_members * line.value then '<1'
            when households.net_income < households.living_members * line.value * 1.5 then '1-1.5'
            when households.net_income < households.living_members * line.value * 2 then '1.5-2'
            when households.net_income < households.living_members * line.value * 3 then '2-3'
            when households.net_income >= households.living_members * line.value * 3 then '>=3'
        end as income_band,
        risk.risk_level
    from {{ ref('household_month') }} as households
    left join {{ ref('household_risk') }} as risk
        on
            households.month = risk.month
            and households.household_key = risk.household_key
    left join {{ ref('int_parameter_values') }} as line
        on
            households.month = line.month
            and households.town_code = line.division_code
            and line.parameter = 'monitoring_line'
    where
        households.month = {{ month_start() }}
        and households.living_members > 0

),

by_town as (

    select
        *,
        count(*) over (partition by town_code, household_type, members_band, income_band) >= {{ k }} as is_large
    from banded

),

by_income as (

    select
        household_type,
        members_band,
        income_band,
        risk_level,
        count(*) over (partition by household_type, members_band, income_band) >= {{ k }} as is_large
    from by_town
    where not is_large

),

by_members as (

    select
        household_type,
        members_band,
        risk_level,
        count(*) over (partition by household_type, members_band) >= {{ k }} as is_large
    from by_income
    where not is_large

),

kept as (

    select
        town_code,
        household_type,
        members_band,
        income_band,
        risk_level
    from by_town
    where is_large

    union all

    select
        null as town_code,
        household_type,
        members_band,
        income_band,
        risk_level
    from by_income
    where is_large

    union all

    select
        null as town_code,
        household_type,
        members_band,
        null as income_band,
        risk_level
    from by_members
    where is_large

)

select
    {{ month_start() }} as month,
    cast(row_number() over (
        order by
            town_code nulls last, household_type nulls last, members_band, income_band nulls last, risk_level nulls last
    ) as integer) as row_no,
    town_code,
    household_type,
    members_band,
    income_band,
    risk_level
from kept
