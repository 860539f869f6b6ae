{#-
The rows of a catalogue of the county's own, each with its SQL as `statement`, in the order of `code`. Whoever wrote the
catalogue has checked that each is one SELECT over offered tables (sources/county/statements.py). Empty until the
catalogue is loaded, and while dbt parses the project.
-#}
{% macro own_statements(catalogue, code) -%}
    {%- set found = [] -%}
    {%- if execute and adapter.get_relation(catalogue.database, catalogue.schema, catalogue.identifier) -%}
        {%- do found.extend(run_query('select * from ' ~ catalogue ~ ' order by ' ~ code)) -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}

{#- The offered tables that these rows of a catalogue read, each as a part of `with` that ends in a comma. -#}
{% macro tables_read(rows) -%}
    {%- set tables = (rows | map(attribute='tables') | join(',')).split(',') -%}
    {%- for name, query in offered_rows().items() %}
    {%- if name in tables %}
{{ name }} as (

    {{ query }}

),

    {% endif %}
    {%- endfor %}
{%- endmacro %}
