{#- Rows as another package left them: Parquet files, which each engine names in its own way. -#}
{% macro landed(source_name, table_name) -%}
    {{ return(adapter.dispatch('landed', 'shouwang')(source_name, table_name)) }}
{%- endmacro %}

{#-
DuckDB: dbt renders the source as its external_location, where @home stands for the data home. It is put in when a model
runs: a home that is seen while parsing would make every home parse the project anew.
-#}
{% macro default__landed(source_name, table_name) -%}
    {%- set landed = source(source_name, table_name) -%}
    {{ return((landed | string).replace('@home', env_var('SHOUWANG_HOME')) if execute else landed) }}
{%- endmacro %}
