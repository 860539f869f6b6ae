{#-
Evidence leads a flag or a conflict back to its delivered rows: a JSON list of row references, sorted and distinct.
A reference holds no file and no row number, because marts are open to people who hold the departments' files.
-#}

{#- The reference of one delivered row; `row` is the alias of the relation with `row_ref`. -#}
{% macro row_reference(department, dataset, row, month='extract_month') -%}
    {{ reference("'" ~ department ~ "'", "'" ~ dataset ~ "'", row, month) }}
{%- endmacro %}

{#- The same, where a row itself says which department delivered it, in which dataset. -#}
{% macro reference(department, dataset, row, month) -%}
    {{ structure({
        'department': department,
        'dataset': dataset,
        'month': year_month(row ~ '.' ~ month),
        'ref': row ~ '.row_ref',
    }) }}
{%- endmacro %}

{#- Aggregate: the evidence of a group of row references. -#}
{% macro evidence(reference) -%}
    {{ json_text('array_sort(array_agg(distinct ' ~ reference ~ '))') }}
{%- endmacro %}

{#- Condition: a text ends in a list of whole references, behind `before` (a regular expression). -#}
{% macro refers_to_rows(text, before='^') -%}
    {%- set names = '"department":"[a-z_]+","dataset":"[a-z_]+","month":"[0-9]{4}-[0-9]{2}"' -%}
    {%- set reference = '[{]' ~ names ~ ',"ref":"[0-9a-f]{16}"[}]' -%}
    {{ has_match(text, before ~ '\\[' ~ reference ~ '(,' ~ reference ~ ')*\\][}]?$') }}
{%- endmacro %}
