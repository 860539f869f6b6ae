{#- The number of an episode's lead: "L" and 16 hexadecimal digits, equal in every run (semantics, leads). -#}
{% macro lead_id(household_key, rule_code, opened_month) -%}
    concat('L', left({{ sha256_hex(
        "concat(" ~ household_key ~ ", '|', " ~ rule_code ~ ", '|', " ~ year_month(opened_month) ~ ")"
    ) }}, 16))
{%- endmacro %}
