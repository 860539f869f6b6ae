-- A table, so that a SELECT that fails on the month's rows fails here and nowhere else.
{{ config(materialized='table') }}

{%- set own = own_statements(ref('own_indicators'), 'code') %}

-- Counts what the county's own indicators count. Their SELECTs see the tables that they name, by these names.
with
{{ tables_read(own) }}
nothing as (

    select
        cast(null as {{ dbt.type_string() }}) as indicator_code,
        cast(null as {{ dbt.type_string() }}) as town_code,
        cast(null as {{ dbt.type_string() }}) as division_code,
        cast(null as {{ dbt.type_string() }}) as department,
        cast(null as {{ dbt.type_string() }}) as dataset,
        cast(null as date) as month,
        cast(null as integer) as delivery_no,
        cast(null as integer) as file_no,
        cast(null as integer) as sheet_no,
        cast(null as integer) as row_number,
        cast(null as decimal(38, 14)) as numerator,
        cast(null as decimal(38, 14)) as denominator

)

select * from nothing
where indicator_code is not null
{%- for row in own %}
union all
-- {{ row['code'] }}.sql
{{ measures(
    '(\n' ~ row['statement'] ~ '\n)',
    {row['code']: ['numerator', 'denominator'] if row['denominator'] else ['numerator']}
) }}
{%- endfor %}
