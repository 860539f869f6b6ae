{#-
Keeps the months of a table: a run replaces its own month as a whole and touches no other, even if the new content is
empty. (dbt's delete+insert deletes only the months of the new rows, so a month that loses its last row would keep the
old ones.) A full refresh would lose every other month and is refused, and so is a column that the table lacks: it would
be empty in every other month.
-#}
{% macro month_incremental() -%}
    {{ return(adapter.dispatch('month_incremental', 'shouwang')()) }}
{%- endmacro %}

{% macro default__month_incremental() -%}
    {{ return({
        'materialized': 'incremental',
        'on_schema_change': 'fail',
        'full_refresh': false,
    }) }}
{%- endmacro %}

{% macro spark__month_incremental() -%}
    {{ return({'materialized': 'incremental', 'partition_by': 'month', 'on_schema_change': 'fail', 'full_refresh': false}) }}
{%- endmacro %}

