{#- Some model int_measures_… measures every indicator of the catalogue; one without would show zero. -#}
{% test measured(model) %}

{%- set codes = [] -%}
{%- if execute -%}
    {%- for node in graph.nodes.values() if node.name.startswith('int_measures_') -%}
        {%- do codes.extend(modules.re.findall("'([a-z_]+\\.[a-z0-9_]+)'", node.raw_code)) -%}
    {%- endfor -%}
{%- endif %}

select code
from {{ model }}
where code not in ('{{ codes | unique | join("', '") }}')

{% endtest %}
