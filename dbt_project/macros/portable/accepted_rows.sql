{#- Rows as another package left them: Parquet files, which each engine names in its own way. -#}
{% macro accepted_rows(source_name, table_name) -%}
    {{ return(adapter.dispatch('accepted_rows', 'shouwang')(source_name, table_name)) }}
{%- endmacro %}

{#-
DuckDB: dbt renders the source as its external_location, where @home stands for the data home. It is put in when a model
runs: a home that is seen while parsing would make every home parse the project anew.
-#}
{% macro default__accepted_rows(source_name, table_name) -%}
    {%- set rows = source(source_name, table_name) -%}
    {{ return((rows | string).replace('@home', env_var('SHOUWANG_HOME')) if execute else rows) }}
{%- endmacro %}
