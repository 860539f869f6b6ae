-- A table, so that a SELECT that fails on the month's rows fails here and nowhere else.
{{ config(materialized='table') }}

{%- set own = own_measures() %}

-- Counts what the county's own indicators count. Their SELECTs see the tables that they name, by these names.
with
{%- for name, rows in offered_rows().items() %}
{%- if name in own.tables %}
{{ name }} as (

    {{ rows }}

),

{% endif %}
{%- endfor %}
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
{%- for indicator in own.indicators %}
union all
-- {{ indicator.code }}.sql
{{ measures('(\n' ~ indicator.statement ~ '\n)', {indicator.code: indicator.parts}) }}
{%- endfor %}
