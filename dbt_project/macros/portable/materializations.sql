{#-
Replaces tables, views and months of DuckDB in one statement of one transaction, comments included. dbt's own way builds
a second relation, renames both, looks for indexes and drops the old one: six statements for each of a hundred
relations, most of the cost of a small month. Nobody reads while dbt writes, and a failure rolls back to the old
relation. Other engines keep dbt's own way.
-#}
{% materialization table, adapter='duckdb' %}
    {{ return(replace_relation(this.incorporate(type='table'))) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {{ return(replace_relation(this.incorporate(type='view'))) }}
{% endmaterialization %}

{% materialization incremental, adapter='duckdb' %}
    {%- set relation = this.incorporate(type='table') -%}
    {{ return(replace_relation(relation) if load_cached_relation(this) is none else replace_month(relation)) }}
{% endmaterialization %}

{% macro replace_relation(relation) %}
    {%- set former = load_cached_relation(relation) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('main') -%}
        {%- if former is not none %}
    drop {{ former.type }} if exists {{ former }};
        {%- endif %}
        {%- if relation.is_view %}
    {{ get_create_view_as_sql(relation, sql) }}
        {%- else %}
    {{ create_table_as(False, relation, compiled_code) }}
        {%- endif %}
    {{ comments(relation) }}
    {%- endcall %}
    {{ return(finish(relation)) }}
{% endmacro %}

{#- A temporary table holds the new rows: its columns are compared before a row of the old ones is deleted. -#}
{% macro replace_month(relation) %}
    {%- set new = make_temp_relation(relation) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% do run_query(create_table_as(True, new, compiled_code)) %}
    {% do require_equal_columns(new, relation) %}
    {% call statement('main') -%}
    delete from {{ relation }} where month = {{ month_start() }};
    insert into {{ relation }} by name from {{ new }};
    drop table {{ new }};
    {{ comments(relation) }}
    {%- endcall %}
    {{ return(finish(relation)) }}
{% endmacro %}

{#- Fails if a table and the new rows for it differ in a column or its type; dbt's own way asks for the columns twice. -#}
{% macro require_equal_columns(new, relation) %}
    {%- set columns = 'select column_name, column_type from (describe ' -%}
    {%- set differing = run_query(
        '(' ~ columns ~ new ~ ') except ' ~ columns ~ relation ~ '))'
        ~ ' union (' ~ columns ~ relation ~ ') except ' ~ columns ~ new ~ '))'
    ) -%}
    {%- if differing -%}
        {{ exceptions.raise_compiler_error(
            relation ~ ' and its model are out of sync: ' ~ differing.columns['column_name'].values() | unique | join(', ')
        ) }}
    {%- endif -%}
{% endmacro %}

{% macro finish(relation) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [relation]}) }}
{% endmacro %}

{#- dbt asks for the columns first. Models with persist_docs have an enforced contract, so theirs are known. -#}
{% macro comments(relation) %}
    {%- if config.persist_relation_docs() and model.description %}
    {{ alter_relation_comment(relation, model.description) }}
    {%- endif %}
    {%- if config.persist_column_docs() %}
        {%- for column in model.columns.values() if column.description %}
    comment on column {{ relation }}.{{ column.name }} is {{ duckdb_escape_comment(column.description) }};
        {%- endfor %}
    {%- endif %}
{% endmacro %}
