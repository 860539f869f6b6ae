{#- Parquet files with the accepted rows; each engine names files in its own way. -#}
{% macro accepted_rows(source_name, table_name) -%}
    {{ return(adapter.dispatch('accepted_rows', 'shouwang')(source_name, table_name)) }}
{%- endmacro %}

{#-
DuckDB: dbt renders the source as its external_location, with @home for the data home. The home is filled in when a
model runs: if parsing saw it, every home would have to parse the project again. shouwang-dbt sets
SHOUWANG_HOME_IN_SQL: the home with quotes and the signs of patterns escaped.
The month of a folder is that of its rows: who asks for a month scans no file of another one.
-#}
{% macro default__accepted_rows(source_name, table_name) -%}
    {%- set rows = source(source_name, table_name) -%}
    {%- if not execute -%}
        {{ return(rows) }}
    {%- endif -%}
    {%- set read = rows | string -%}
    {%- if 'hive_partitioning = true' in read -%}
        {%- set month = "try_cast(month || '-01' as date) as extract_month" -%}
        {%- set read = '(select * exclude (month) replace (' ~ month ~ ') from ' ~ read ~ ')' -%}
    {%- endif -%}
    {{ return(read.replace('@home', env_var('SHOUWANG_HOME_IN_SQL', env_var('SHOUWANG_HOME')))) }}
{%- endmacro %}

{#-
Spark: the same files by their path. It takes the columns of one file for those of all: a run refuses rows of other
columns (orchestration/dbt/stored.py). Every node of a cluster has to see the data home under the same path.
-#}
{% macro spark__accepted_rows(source_name, table_name) -%}
    {%- set rows = source(source_name, table_name) -%}
    {%- if not execute -%}
        {{ return(rows) }}
    {%- endif -%}
    {%- set location = graph.sources['source.shouwang.' ~ source_name ~ '.' ~ table_name].meta.external_location -%}
    {%- set files = modules.re.search("'@home([^']*)'", location).group(1) | replace('{identifier}', table_name) -%}
    {%- set home = modules.re.sub('[*?{}\\[\\]]', '\\\\\\g<0>', env_var('SHOUWANG_HOME_PATH', env_var('SHOUWANG_HOME'))) -%}
    {%- set path = 'parquet.`' ~ (home ~ files) | replace('`', '``') ~ '`' -%}
    {{ return('(select *, _metadata.file_path as filename from ' ~ path ~ ')' if 'filename' in location else path) }}
{%- endmacro %}
