-- Lists who is on each of the six lists of low-income people in the month, with the place of the delivered row.
with delivered as (

    select
        1 as list_no,
        person_key,
        town_code,
        division_code,
        row_order
    from {{ ref('stg_civil_affairs__extreme_poverty_support') }}
    where extract_month = {{ month_start() }}

    union all

    select
        2 as list_no,
        person_key,
        town_code,
        division_code,
        row_order
    from {{ ref('stg_civil_affairs__subsistence_allowance') }}
    where
        extract_month = {{ month_start() }}
        and change_type <> '停发'

    {% for number, dataset in [(3, 'low_income_edge'), (4, 'rigid_expense_households')] %}
    union all

    -- The last day of the term counts.
    select
        {{ number }} as list_no,
        person_key,
        town_code,
        division_code,
        row_order
    from {{ ref('stg_civil_affairs__' ~ dataset) }}
    where
        extract_month = {{ month_start() }}
        and change_type <> '退出'
        and recognised_on <= {{ month_end() }}
        and (valid_until is null or valid_until >= {{ month_end() }})
    {% endfor %}
    union all

    select
        5 as list_no,
        members.person_key,
        households.town_code,
        households.division_code,
        0 as row_order
    from {{ ref('int_members') }} as members
    inner join {{ ref('int_households') }} as households on members.household_key = households.household_key
    where households.is_monitored

    union all

    select
        6 as list_no,
        person_key,
        town_code,
        division_code,
        row_order
    from {{ ref('stg_civil_affairs__unsupported_children') }}
    where
        extract_month = {{ month_start() }}
        and change_type <> '退出'
        and recognised_on <= {{ month_end() }}

)

select
    list_no,
    person_key,
    town_code,
    division_code
from delivered
qualify row_number() over (
    partition by list_no, person_key
    order by row_order
) = 1
