-- Finds persons who are protected twice (REC-05), or receive subsistence allowance off the register (REC-06).
with allowances as (

    select * from {{ ref('int_protected_persons') }}
    where
        dataset = 'subsistence_allowance'
        and extract_month = {{ month_start() }}

),

supports as (

    select * from {{ ref('int_protected_persons') }}
    where
        dataset = 'extreme_poverty_support'
        and extract_month = {{ month_start() }}

)

select {{ conflict_row(
    "'REC-05'", 'allowances.person_key', 'civil_affairs', 'subsistence_allowance', 'allowances', place_order=1
) }}
from allowances
where allowances.person_key in (select person_key from supports)

union all

select {{ conflict_row(
    "'REC-05'", 'supports.person_key', 'civil_affairs', 'extreme_poverty_support', 'supports', place_order=2
) }}
from supports
where supports.person_key in (select person_key from allowances)

union all

select {{ conflict_row(
    "'REC-06'", 'allowances.person_key', 'civil_affairs', 'subsistence_allowance', 'allowances', place_order=1
) }}
from allowances
where allowances.person_key not in (select person_key from {{ ref('int_members') }})
