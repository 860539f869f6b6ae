{#-
The county's own indicators: the SQL of each as text, its expressions for `measures`, and the tables that all of them
read. Whoever wrote the catalogue has checked that each is one SELECT over offered tables (sources/county/indicators.py).
Empty until the catalogue is loaded, and while dbt parses the project.
-#}
{% macro own_measures() -%}
    {%- set catalogue = ref('own_indicators') -%}
    {%- set found, tables = [], [] -%}
    {%- if execute and adapter.get_relation(catalogue.database, catalogue.schema, catalogue.identifier) -%}
        {%- for row in run_query('select * from ' ~ catalogue ~ ' order by code') -%}
            {%- do tables.extend(row['tables'].split(',')) -%}
            {%- do found.append({
                'code': row['code'],
                'statement': row['statement'],
                'parts': ['numerator', 'denominator'] if row['denominator'] else ['numerator'],
            }) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return({'indicators': found, 'tables': tables}) }}
{%- endmacro %}
