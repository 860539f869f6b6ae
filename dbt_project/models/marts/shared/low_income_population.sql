{{ config(**month_incremental()) }}

{%- set lists = [
    ('is_extreme_poverty', '特困', 'extreme_poverty_support'),
    ('is_subsistence', '低保', 'subsistence_allowance'),
    ('is_edge', '低保边缘', 'low_income_edge'),
    ('is_rigid_expense', '刚性支出困难', 'rigid_expense_households'),
    ('is_monitored', '监测对象', 'monitored_households'),
    ('is_unsupported_child', '孤儿等', 'unsupported_children'),
] %}
{%- set civil = lists[:4] | map(attribute=0) | list %}

-- Shows everybody on one of the six lists of the month. A list that was not accepted is not known, which is not "not on
-- it": the first layer is open until every list before it is known.
with accepted as (

    select
    {%- for column, name, dataset in lists %}
        count(*) filter (where dataset = '{{ dataset }}') > 0 as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
    from {{ ref('int_accepted_datasets') }}
    where month = {{ month_start() }}

),

listed as (

    select
        person_key,
        {%- for column, name, dataset in lists %}
        count(*) filter (where list_no = {{ loop.index }}) > 0 as {{ column }},
        {%- endfor %}
        min({{ structure({
            'list_no': 'list_no',
            'town_code': 'town_code',
            'division_code': 'division_code',
        }) }}) as first_place
    from {{ ref('int_low_income_lists') }}
    group by person_key

),

dead as (

    {{ dead_persons() }}

),

known as (

    select
        listed.person_key,
        members.household_key,
        members.person_key is not null as is_on_register,
        dead.person_key is null as is_living,
        coalesce(households.division_code, listed.first_place.division_code) as division_code,
        coalesce(households.town_code, listed.first_place.town_code) as town_code,
    {%- for column, name, dataset in lists %}
    case when accepted.{{ column }} then listed.{{ column }} end as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
    from listed
    cross join accepted
    left join {{ ref('int_members') }} as members on listed.person_key = members.person_key
    left join {{ ref('int_households') }} as households on members.household_key = households.household_key
    left join dead on listed.person_key = dead.person_key

)

select
    {{ month_start() }} as month,
    person_key,
    household_key,
    division_code,
    town_code,
    is_on_register,
    is_living,
    {%- for column, name, dataset in lists %}
    {{ column }},
    {%- endfor %}
    case
        {%- for column, name, dataset in lists[:5] %}
        when {{ column }} is null then null
        when {{ column }} then '{{ name }}'
        {%- endfor %}
    end as first_layer,
    cast(
        {%- for column in civil %}
        cast({{ column }} as integer) {{ '+' if not loop.last }}
        {%- endfor %} as integer
    ) as civil_lists,
{%- for column, condition in [('lists', ''), ('lists_without', 'not '), ('lists_unknown', none)] %}
nullif(concat_ws(
    ';'
    {%- for flag, name, dataset in lists %},
    case when {{ flag ~ ' is null' if condition is none else condition ~ flag }} then '{{ name }}' end
    {%- endfor %}
    ), '') as {{ column }}{{ ',' if not loop.last }}
{%- endfor %}
from known
