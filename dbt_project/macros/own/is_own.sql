{#- Condition: a code is that of a county's own indicator or rule (sources/county/folder.py). -#}
{% macro is_own(code) -%}
    {{ code }} like 'local.%'
{%- endmacro %}
