with register as (

    select * from {{ ref('stg_agriculture__household_register') }}
    where extract_month = {{ month_start() }}

),

dead as (

    {{ dead_persons() }}

)

select
    register.household_key,
    register.person_key,
    register.id_birth_month,
    register.schooling_status,
    {{ has_labour_ability('register.labour_ability') }} as has_labour_ability,
    dead.person_key is null as is_living,
    register.extract_month,
    register.delivery_no,
    register.file_no,
    register.sheet_no,
    register.row_number,
    register.row_ref
from register
left join dead on register.person_key = dead.person_key
-- A person in several households counts in the household of the delivery's first row.
where register.row_order in (
    select min(numbered.row_order)
    from register as numbered
    group by numbered.person_key
)
