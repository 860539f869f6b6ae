{#-
Rows of the counties: a table of the city's warehouse or, if SHOUWANG_UNITED names the folder of a union that was placed
in shared storage, the Parquet files there. The code of the county is the name of a folder; each engine reads it in its
own way. The folder is filled in when a model runs, so that a project that was parsed serves every union.
-#}
{% macro rows_of(source_name, table_name) -%}
    {%- set table = source(source_name, table_name) -%}
    {%- if execute and env_var('SHOUWANG_UNITED', '') -%}
        {%- set folder = env_var('SHOUWANG_UNITED') ~ '/' ~ table.schema ~ '/' ~ table.identifier -%}
        {{ return(adapter.dispatch('parquet_of_counties', 'shouwang')(folder)) }}
    {%- endif -%}
    {{ return(table) }}
{%- endmacro %}

{% macro default__parquet_of_counties(folder) -%}
    read_parquet('{{ folder }}/*/*.parquet', hive_partitioning = true, hive_types = {'district_code': varchar})
{%- endmacro %}

{#- Spark takes a code for a number. -#}
{% macro spark__parquet_of_counties(folder) -%}
    (
        select * except (district_code), cast(district_code as string) as district_code
        from parquet.`{{ folder }}`
    )
{%- endmacro %}

{#-
Sum in the order of the counties: a sum of doubles depends on the order, which engines choose anew each time, and equal
content must make equal figures.
-#}
{% macro sum_by_county(value) -%}
    {{ return(adapter.dispatch('sum_by_county', 'shouwang')(value)) }}
{%- endmacro %}

{% macro default__sum_by_county(value) -%}
    list_sum(list({{ value }} order by district_code))
{%- endmacro %}

{% macro spark__sum_by_county(value) -%}
    aggregate(
        array_sort(collect_list(named_struct('district_code', district_code, 'value', {{ value }}))),
        cast(null as double),
        (total, one) -> coalesce(total + one.value, one.value, total)
    )
{%- endmacro %}
