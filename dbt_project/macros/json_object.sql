{#- A JSON object as text, from a mapping of field name to expression. -#}
{% macro json_object(fields) -%}
    {{ json_text(structure(fields)) }}
{%- endmacro %}
