-- Household-level cells come from the household's first row, even if that person counts in another household.
with register as (

    select * from {{ ref('stg_agriculture__household_register') }}
    where extract_month = {{ month_start() }}

),

first_rows as (

    select * from register
    where row_order in (
        select min(numbered.row_order)
        from register as numbered
        group by numbered.household_key
    )

),

people as (

    select
        household_key,
        count(*) filter (where is_living) as living_members,
        count(*) filter (where is_living and has_labour_ability) as labourers
    from {{ ref('int_members') }}
    group by household_key

),

monitored as (

    select
        listed.household_key,
        words.monitoring_category
    from {{ ref('stg_agriculture__monitored_households') }} as listed
    left join {{ ref('int_category_words') }} as words on listed.monitoring_category = words.word
    where
        listed.extract_month = {{ month_start() }}
        and not listed.is_risk_eliminated

)

select
    first_rows.household_key,
    first_rows.division_code,
    first_rows.town_code,
    first_rows.household_type,
    first_rows.household_type = '脱贫户' as is_registered,
    monitored.household_key is not null as is_monitored,
    monitored.monitoring_category,
    first_rows.housing_grade,
    first_rows.has_safe_water,
    case when first_rows.household_type <> '一般农户' then first_rows.policy_status end as policy_status,
    cast(coalesce(people.living_members, 0) as integer) as living_members,
    cast(coalesce(people.labourers, 0) as integer) as labourers,
    first_rows.extract_month,
    first_rows.delivery_no,
    first_rows.file_no,
    first_rows.sheet_no,
    first_rows.row_number,
    first_rows.row_ref
from first_rows
left join people on first_rows.household_key = people.household_key
left join monitored on first_rows.household_key = monitored.household_key
