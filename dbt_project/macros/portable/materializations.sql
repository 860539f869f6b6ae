{#-
Replaces tables and views of DuckDB in one statement of one transaction. dbt's own way builds a second relation, renames
both, looks for indexes and drops the old one: six statements for each of a hundred relations, most of the cost of a
small month. Nobody reads while dbt writes, and a failure rolls back to the old relation. Other engines keep dbt's
own way.
-#}
{% materialization table, adapter='duckdb' %}
    {{ return(replace_relation(this.incorporate(type='table'))) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {{ return(replace_relation(this.incorporate(type='view'))) }}
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
    {%- endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do persist_docs(relation, model) %}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [relation]}) }}
{% endmacro %}
