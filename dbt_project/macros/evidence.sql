{#-
Evidence leads a flag back to its delivered rows: a JSON list of row references, sorted and distinct.
-#}

{#- The reference of one delivered row; `row` is the alias of the relation with its lineage columns. -#}
{% macro row_reference(department, dataset, row, month='extract_month') -%}
    {{ structure({
        'department': "'" ~ department ~ "'",
        'dataset': "'" ~ dataset ~ "'",
        'month': year_month(row ~ '.' ~ month),
        'delivery_no': row ~ '.delivery_no',
        'file_no': row ~ '.file_no',
        'sheet_no': row ~ '.sheet_no',
        'row_number': row ~ '.row_number',
    }) }}
{%- endmacro %}

{#- Aggregate: the evidence of a group of row references. -#}
{% macro evidence(reference) -%}
    cast(to_json(array_sort(array_agg(distinct {{ reference }}))) as {{ dbt.type_string() }})
{%- endmacro %}
