-- Finds listed households that were eliminated soon after identification (REC-11), were eliminated without a labourer
-- (REC-12), or are not on the register (REC-13).
with listed as (

    select
        monitored.*,
        homes.household_key is not null as is_on_register,
        homes.living_members,
        homes.labourers,
        {{ dbt.datediff(
            "cast(monitored.identified_month || '-01' as date)", "cast(monitored.eliminated_month || '-01' as date)", 'month'
        ) }} as months_monitored,
        allowed.value as suspicious_months
    from {{ ref('stg_agriculture__monitored_households') }} as monitored
    cross join {{ ref('districts') }} as districts
    left join {{ ref('int_households') }} as homes on monitored.household_key = homes.household_key
    left join {{ ref('int_parameter_values') }} as allowed
        on
            coalesce(homes.town_code, districts.district_code) = allowed.division_code
            and allowed.parameter = 'elimination_suspicious_months'
            and allowed.month = {{ month_start() }}
    where monitored.extract_month = {{ month_start() }}

),

without_labourer as (

    select * from listed
    where
        is_risk_eliminated
        and is_on_register
        and labourers = 0

)

select {{ conflict_row(
    "'REC-11'", 'listed.household_key', 'agriculture', 'monitored_households', 'listed', json_object({
        'identified_month': 'listed.identified_month',
        'eliminated_month': 'listed.eliminated_month',
    })
) }}
from listed
where listed.months_monitored <= listed.suspicious_months

union all

select {{ conflict_row(
    "'REC-12'", 'listed.household_key', 'agriculture', 'monitored_households', 'listed',
    json_object({'living_members': 'listed.living_members'})
) }}
from without_labourer as listed

union all

select {{ conflict_row(
    "'REC-12'", 'members.household_key', 'agriculture', 'household_register', 'members'
) }}
from {{ ref('int_members') }} as members
where members.household_key in (select household_key from without_labourer)

union all

select {{ conflict_row(
    "'REC-13'", 'listed.household_key', 'agriculture', 'monitored_households', 'listed',
    json_object({'is_risk_eliminated': 'listed.is_risk_eliminated'})
) }}
from listed
where not listed.is_on_register
