-- Follows every household that is monitored in this month or was in the month before: it stayed, or moved in or out of
-- a town and category. Only households on their month's register are monitored. A household whose register row is gone
-- has left, even if it is still listed, and one whose register row is new is newly identified.
with listed_before as (

    select * from {{ ref('stg_agriculture__monitored_households') }}
    where extract_month = {{ month_start(-1) }}

),

before as (

    select * from {{ ref('int_monitored_before') }}

),

now as (

    select * from {{ ref('household_month') }}
    where
        month = {{ month_start() }}
        and monitoring_category is not null

),

compared as (

    select
        coalesce(now.household_key, before.household_key) as household_key,
        case
            when before.household_key is null and listed_before.is_risk_eliminated then 'returned'
            when before.household_key is null then 'newly_identified'
            when now.household_key is null and homes.household_key is not null and eliminated.household_key is not null
                then 'eliminated'
            when now.household_key is null then 'left_register'
            when now.town_code = before.town_code and now.monitoring_category = before.monitoring_category then 'stayed'
            else 'moved'
        end as movement,
        before.town_code as town_code_before,
        before.monitoring_category as monitoring_category_before,
        before.living_members as persons_before,
        now.town_code,
        now.monitoring_category,
        now.living_members as persons
    from before
    full outer join now on before.household_key = now.household_key
    left join listed_before on coalesce(now.household_key, before.household_key) = listed_before.household_key
    left join {{ ref('int_households') }} as homes on before.household_key = homes.household_key
    left join {{ ref('stg_agriculture__monitored_households') }} as eliminated
        on
            before.household_key = eliminated.household_key
            and eliminated.extract_month = {{ month_start() }}
            and eliminated.is_risk_eliminated

)

select
    household_key,
    case movement when 'moved' then 'moved_in' else movement end as movement,
    town_code,
    monitoring_category,
    persons,
    case movement when 'stayed' then persons - persons_before else 0 end as size_change
from compared
where movement in ('newly_identified', 'returned', 'moved', 'stayed')

union all

select
    household_key,
    case movement when 'moved' then 'moved_out' else movement end as movement,
    town_code_before as town_code,
    monitoring_category_before as monitoring_category,
    persons_before as persons,
    0 as size_change
from compared
where movement in ('eliminated', 'left_register', 'moved')
