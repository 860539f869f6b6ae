{#- Stops an engine that would round products of amounts before they are compared with a threshold. -#}
{% macro require_exact_decimals() %}
    {{- adapter.dispatch('require_exact_decimals', 'shouwang')() -}}
{% endmacro %}

{% macro default__require_exact_decimals() %}{% endmacro %}

{% macro spark__require_exact_decimals() %}
    {%- set name = 'spark.sql.decimalOperations.allowPrecisionLoss' -%}
    {%- if execute and run_query('set ' ~ name).rows[0][1] | string | lower != 'false' -%}
        {%- do exceptions.raise_compiler_error(
            'Spark rounds decimals: set ' ~ name ~ ' to false (deploy/spark/conf/spark-defaults.conf).'
        ) -%}
    {%- endif -%}
{% endmacro %}
