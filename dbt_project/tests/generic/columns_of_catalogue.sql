{#- The wide table has a column of numbers for every construction indicator, and no others except its first four. -#}
{% test columns_of_catalogue(model) %}

{%- set wide = ref('rural_construction') -%}
{%- set columns = adapter.get_columns_in_relation(wide) if execute else [] %}

with expected as (

    select replace(code, '.', '__') as column_name
    from {{ ref('indicators') }}
    where domain = 'construction'

),

found as (

    {% for column in columns if column.name not in ['month', 'division_code', 'level', 'name'] %}
    select
        '{{ column.name }}' as column_name,
        '{{ column.dtype | lower }}' as data_type
    union all
    {% endfor %}
    select
        null as column_name,
        null as data_type

)

select
    expected.column_name as expected,
    found.column_name as found,
    found.data_type
from expected
full outer join found on expected.column_name = found.column_name
where
    (expected.column_name is null and found.column_name is not null)
    or (expected.column_name is not null and found.column_name is null)
    or found.data_type <> 'double'

{% endtest %}
