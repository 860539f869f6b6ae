{#- Share in per cent, as a double; null if there is nothing to divide by. -#}
{% macro percentage(part, whole) -%}
    cast({{ part }} as double) * 100 / nullif({{ whole }}, 0)
{%- endmacro %}
