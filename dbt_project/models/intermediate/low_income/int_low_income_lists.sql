-- Lists who is on each of the six lists of low-income people in the month, with the place of the delivered row. Of a
-- monitored household the row is the member's on the register.
{%- set begun = 'recognised_on <= ' ~ month_end() %}
{#- The last day of the term counts. -#}
{%- set in_term = '(valid_until is null or valid_until >= ' ~ month_end() ~ ')' %}
{%- set of_civil_affairs = [
    (1, 'extreme_poverty_support', []),
    (2, 'subsistence_allowance', ["change_type <> '停发'"]),
    (3, 'low_income_edge', ["change_type <> '退出'", begun, in_term]),
    (4, 'rigid_expense_households', ["change_type <> '退出'", begun, in_term]),
    (6, 'unsupported_children', ["change_type <> '退出'", begun]),
] %}

with delivered as (

    {% for number, dataset, conditions in of_civil_affairs %}
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
        {%- for condition in conditions %}
        and {{ condition }}
        {%- endfor %}
    union all
    {% endfor %}
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
