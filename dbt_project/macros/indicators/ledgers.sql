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

{#-
As-of day of a figure or a rule: the last day of the oldest delivery that counts among its tables. What is dated after
it has not happened, so an old list makes nothing overdue.
-#}
{% macro as_of(datasets) -%}
    (
        select last_day(min(source_month))
        from {{ ref('int_applicable_deliveries') }}
        where dataset in ('{{ datasets | join("', '") }}')
    )
{%- endmacro %}

{#- The part of a row of special funds that is for industry; null if its purpose is not known. -#}
{% macro industry_part() -%}
    coalesce(
        industry_allocated,
        case when fund_purpose = '产业发展' then allocated when fund_purpose is not null then 0 end
    )
{%- endmacro %}

{#- The furthest stage of a project by a day: a missing earlier date holds nothing back. -#}
{% macro project_stage(day) -%}
    case
        when accepted_on <= {{ day }} then '验收'
        when completed_on <= {{ day }} then '完工'
        when started_on <= {{ day }} then '开工'
        when approved_on <= {{ day }} then '立项'
        else '入库'
    end
{%- endmacro %}
