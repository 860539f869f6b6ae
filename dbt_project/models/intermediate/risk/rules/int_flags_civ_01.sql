-- Flags living members of the month's register who were protected the month before and no longer are.
with before as (

    select * from {{ ref('int_protected_persons') }}
    where extract_month = {{ month_start(-1) }}

),

left_protection as (

    select members.*
    from {{ ref('int_members') }} as members
    where
        members.is_living
        and members.person_key in (select person_key from before)
        and members.person_key not in (
            select person_key from {{ ref('int_protected_persons') }}
            where extract_month = {{ month_start() }}
        )

),

-- The evidence is the rows that protected them a month ago, and their current register row.
delivered as (

    select
        left_protection.household_key,
        left_protection.person_key,
        {{ row_reference('agriculture', 'household_register', 'left_protection') }} as delivered_row
    from left_protection

    union all

    select
        left_protection.household_key,
        left_protection.person_key,
        case before.dataset
            when 'subsistence_allowance'
                then {{ row_reference('civil_affairs', 'subsistence_allowance', 'before') }}
            else {{ row_reference('civil_affairs', 'extreme_poverty_support', 'before') }}
        end as delivered_row
    from left_protection
    inner join before on left_protection.person_key = before.person_key

)

select
    'CIV-01' as rule_code,
    household_key,
    count(distinct person_key) as measure,
    1 as threshold,
    count(distinct person_key) as persons,
    {{ evidence('delivered_row') }} as evidence
from delivered
group by household_key
