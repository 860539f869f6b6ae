{#-
The rows of a department's table that count for the month of the run (semantics, deliveries), with `department` and
`dataset` beside the columns that name the delivered row.
-#}

{#- A full state: the rows of the delivery that counts, an earlier one for a quarterly or annual table. -#}
{% macro snapshot_rows(department, dataset) -%}
    select
        '{{ department }}' as department,
        '{{ dataset }}' as dataset,
        ledger.*
    from {{ ref('stg_' ~ department ~ '__' ~ dataset) }} as ledger
    inner join {{ ref('int_applicable_deliveries') }} as counted
        on
            counted.dataset = '{{ dataset }}'
            and ledger.extract_month = counted.source_month
    where ledger.extract_month <= {{ month_start() }}
{%- endmacro %}

{#-
A ledger of increments, cumulated over every accepted delivery up to the month: one row per primary key (`key`, a list
of columns), from its newest delivery. With an `event_date`, events after the month do not count.
-#}
{% macro cumulative_rows(department, dataset, key, event_date=none) -%}
    select * from (
        select
            '{{ department }}' as department,
            '{{ dataset }}' as dataset,
            *
        from {{ ref('stg_' ~ department ~ '__' ~ dataset) }}
        where extract_month <= {{ month_start() }}
        qualify row_number() over (
            partition by {{ key | join(', ') }} order by extract_month desc, row_order desc
        ) = 1
    ) as newest
    {%- if event_date %}
    where {{ event_date }} <= {{ month_end() }}
    {%- endif %}
{%- endmacro %}

{#- Value of a parameter for the district in the month of the run; null if none is valid. -#}
{% macro district_parameter(parameter) -%}
    (
        select max(known.value)
        from {{ ref('int_parameter_values') }} as known
        inner join {{ ref('districts') }} as districts on known.division_code = districts.district_code
        where
            known.parameter = '{{ parameter }}'
            and known.month = {{ month_start() }}
    )
{%- endmacro %}
