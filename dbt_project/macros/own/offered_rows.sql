{#-
What the SQL of a county's own indicators and rules may read, by name: the rows of every department's table that count
for the month (of dated events, all until its end), the register's households and people, and the days of the month.
sources/county/statements.py declares the same columns, to check that SQL before a month runs.
-#}
{% macro offered_rows() -%}
    {%- set found = {
        'this_month': 'select ' ~ month_start() ~ ' as month_start, ' ~ month_end() ~ ' as month_end',
        'households': of_register('int_households', [
            'household_key', 'town_code', 'division_code', 'household_type', 'is_registered', 'housing_grade',
            'has_safe_water', 'policy_status', 'living_members', 'labourers',
        ]),
        'members': of_register('int_members', [
            'household_key', 'person_key', 'id_birth_month', 'schooling_status', 'has_labour_ability', 'is_living',
        ]),
    } -%}
    {%- for department, dataset, key, event_date in offered_tables() -%}
        {%- set events = cumulative_rows(department, dataset, key.split(','), event_date) if key -%}
        {%- do found.update({dataset: events or snapshot_rows(department, dataset)}) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- These columns of a model whose rows are delivered rows of the register, and those that name the row. -#}
{% macro of_register(model, columns) -%}
    select
        'agriculture' as department,
        'household_register' as dataset,
        {{ columns | join(',\n        ') }},
        extract_month,
        delivery_no,
        file_no,
        sheet_no,
        row_number,
        row_ref
    from {{ ref(model) }}
{%- endmacro %}
