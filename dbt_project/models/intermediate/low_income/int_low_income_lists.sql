-- Lists who is on each of the six lists of low-income people in the month, with the place of the delivered row. Of a
-- monitored household the row is the member's on the register.
with delivered as (

    select
        1 as list_no,
        'civil_affairs' as department,
        'extreme_poverty_support' as dataset,
        person_key,
        town_code,
        division_code,
        extract_month,
        delivery_no,
        file_no,
        sheet_no,
        row_number,
        row_ref,
        row_order
    from {{ ref('stg_civil_affairs__extreme_poverty_support') }}
    where extract_month = {{ month_start() }}

    union all

    select
        2 as list_no,
        'civil_affairs' as department,
        'subsistence_allowance' as dataset,
        person_key,
        town_code,
        division_code,
        extract_month,
        delivery_no,
        file_no,
        sheet_no,
        row_number,
        row_ref,
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
        'civil_affairs' as department,
        '{{ dataset }}' as dataset,
        person_key,
        town_code,
        division_code,
        extract_month,
        delivery_no,
        file_no,
        sheet_no,
        row_number,
        row_ref,
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
        'agriculture' as department,
        'household_register' as dataset,
        members.person_key,
        households.town_code,
        households.division_code,
        members.extract_month,
        members.delivery_no,
        members.file_no,
        members.sheet_no,
        members.row_number,
        members.row_ref,
        0 as row_order
    from {{ ref('int_members') }} as members
    inner join {{ ref('int_households') }} as households on members.household_key = households.household_key
    where households.is_monitored

    union all

    select
        6 as list_no,
        'civil_affairs' as department,
        'unsupported_children' as dataset,
        person_key,
        town_code,
        division_code,
        extract_month,
        delivery_no,
        file_no,
        sheet_no,
        row_number,
        row_ref,
        row_order
    from {{ ref('stg_civil_affairs__unsupported_children') }}
    where
        extract_month = {{ month_start() }}
        and change_type <> '退出'
        and recognised_on <= {{ month_end() }}

)

select
    list_no,
    department,
    dataset,
    person_key,
    town_code,
    division_code,
    extract_month,
    delivery_no,
    file_no,
    sheet_no,
    row_number,
    row_ref
from delivered
qualify row_number() over (
    partition by list_no, person_key
    order by row_order
) = 1
