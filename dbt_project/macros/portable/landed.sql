{#- Rows as another package left them: Parquet files, which each engine names in its own way. -#}
{% macro landed(source_name, table_name) -%}
    {{ return(adapter.dispatch('landed', 'shouwang')(source_name, table_name)) }}
{%- endmacro %}

{#- DuckDB: dbt renders the source as its external_location. -#}
{% macro default__landed(source_name, table_name) -%}
    {{ return(source(source_name, table_name)) }}
{%- endmacro %}
