{#-
Before a run: lets SQL read the data home's warehouse and the seeds, and no other file. What a county writes is checked
before (sources/county/statements.py), and the product's SQL has no business elsewhere; so neither reaches restricted/
or outbox/, whatever either says. Tests alone build nothing: in a copy of a home they read the views of the original.
Spark reads with the rights of its own account.
-#}
{% macro close_other_files() -%}
    {{ return(adapter.dispatch('close_other_files', 'shouwang')()) }}
{%- endmacro %}

{% macro duckdb__close_other_files() -%}
    {%- set is_open = "select cast(current_setting('enable_external_access') as boolean)" -%}
    {%- if not execute or flags.WHICH == 'test' or not run_query(is_open).rows[0][0] -%}
        {{ return('') }}
    {%- endif -%}
    {%- set home = env_var('SHOUWANG_HOME_PATH', env_var('SHOUWANG_HOME')) | replace("'", "''") -%}
    {%- set seeds = graph.nodes['seed.shouwang.indicators'].root_path | replace("'", "''") -%}
    {#- DuckDB compares a pattern as it is written, before it looks for files: accepted_rows escapes signs of the home. -#}
    set allowed_directories = [
        '{{ home }}/warehouse', '{{ env_var('SHOUWANG_HOME_IN_SQL', home) }}/warehouse', '{{ seeds }}/seeds'
    ];
    set enable_external_access = false;
{%- endmacro %}

{% macro default__close_other_files() -%}
{%- endmacro %}
