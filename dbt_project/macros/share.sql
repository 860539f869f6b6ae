{#- Share of a whole, 0 to 1, as a double; null if there is nothing to divide by. -#}
{% macro share(part, whole) -%}
    cast({{ part }} as double) / nullif({{ whole }}, 0)
{%- endmacro %}
