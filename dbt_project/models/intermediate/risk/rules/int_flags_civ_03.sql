-- Flags deaths of the month, reported by any delivery up to it, of people able to work. The register of the month
-- decides, or that of the month before if they are no longer on it.
with reported as (

    select * from {{ ref('stg_civil_affairs__deaths') }}
    where extract_month <= {{ month_start() }}
    qualify row_number() over (partition by person_key order by extract_month desc, row_order desc) = 1

),

dead as (

    select * from reported
    where
        died_on >= {{ month_start() }}
        and died_on <= {{ month_end() }}

),

struck_off as (

    select
        household_key,
        person_key,
        {{ has_labour_ability('labour_ability') }} as has_labour_ability
    from {{ ref('stg_agriculture__household_register') }}
    where
        extract_month = {{ month_start(-1) }}
        and person_key in (select person_key from dead)
        and person_key not in (select person_key from {{ ref('int_members') }})
    qualify row_number() over (partition by person_key order by row_order) = 1

),

people as (

    select
        household_key,
        person_key,
        has_labour_ability
    from {{ ref('int_members') }}

    union all

    select
        household_key,
        person_key,
        has_labour_ability
    from struck_off

)

select
    'CIV-03' as rule_code,
    people.household_key,
    count(distinct people.person_key) as measure,
    1 as threshold,
    count(distinct people.person_key) as persons,
    {{ evidence(row_reference('civil_affairs', 'deaths', 'dead')) }} as evidence
from dead
inner join people on dead.person_key = people.person_key
where people.has_labour_ability
group by people.household_key
