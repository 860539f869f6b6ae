{#-
The indicators of domain construction by code: code, column and Chinese label. Empty until the catalogue is loaded, and
while dbt parses the project.

A label ends at a colon (orchestration/publishing/content.py), so the ratio 1:1:1 is written with the ratio sign.
-#}
{% macro construction_indicators() -%}
    {%- set catalogue = ref('indicators') -%}
    {%- set found = [] -%}
    {%- if execute and adapter.get_relation(catalogue.database, catalogue.schema, catalogue.identifier) -%}
        {%- set rows = run_query(
            "select code, name_zh, unit, levels from " ~ catalogue ~ " where domain = 'construction' order by code"
        ) -%}
        {%- for row in rows -%}
            {%- do found.append({
                'code': row['code'],
                'column': row['code'] | replace('.', '__'),
                'label': row['name_zh'] | replace(':', '∶') ~ ':' ~ row['unit'] ~ ',层级 ' ~ row['levels'],
            }) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}

{#- Post-hook: labels every column of the wide table with the catalogue's Chinese name. -#}
{% macro label_construction_columns(relation) -%}
    {%- set labels = {} -%}
    {%- for indicator in construction_indicators() -%}
        {%- do labels.update({indicator.column: {'description': indicator.label, 'quote': false}}) -%}
    {%- endfor -%}
    {{ return(alter_column_comment(relation, labels) if execute and labels else '') }}
{%- endmacro %}
