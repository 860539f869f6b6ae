{#- Labour ability of a person by the register's 劳动技能 (semantics, people and households). -#}
{% macro has_labour_ability(labour_ability) -%}
    {{ labour_ability }} in ('技能劳动力', '普通劳动力', '弱劳动力或半劳动力')
{%- endmacro %}
