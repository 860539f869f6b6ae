{#- Parquet files with the accepted rows; each engine names files in its own way. -#}
{% macro accepted_rows(source_name, table_name) -%}
    {{ return(adapter.dispatch('accepted_rows', 'shouwang')(source_name, table_name)) }}
{%- endmacro %}

{#-
DuckDB: dbt renders the source as its external_location, with @home for the data home. The home is filled in when a
model runs: if parsing saw it, every home would have to parse the project again. shouwang-dbt sets
SHOUWANG_HOME_IN_SQL: the home with quotes and the signs of patterns escaped.
-#}
{% macro default__accepted_rows(source_name, table_name) -%}
    {%- set rows = source(source_name, table_name) -%}
    {{ return((rows | string).replace('@home', env_var('SHOUWANG_HOME_IN_SQL', env_var('SHOUWANG_HOME'))) if execute else rows) }}
{%- endmacro %}
