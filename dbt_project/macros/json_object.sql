{#- A JSON object as text, from a mapping of field name to expression. -#}
{% macro json_object(fields) -%}
    cast(to_json({{ structure(fields) }}) as {{ dbt.type_string() }})
{%- endmacro %}
