{#-
Numerator and denominator of indicators, one row per delivered row that entered one of them. The sum of these rows is
the measure (int_indicator_measures), so a trace lists exactly what was counted.

`cases` names a relation with the columns of `delivered_row`, and town_code and division_code (null for a case without
a place, which counts for the district only). `indicators` maps an indicator's code to two expressions over one case,
[numerator] or [numerator, denominator]; null means that the case does not enter. An indicator may be measured over
several relations: everything is summed.

A new indicator needs a row of the catalogue (seeds/indicators.csv) and a line in one of the models int_measures_…;
status, roll-up, value, target, earlier values, trace and the wide table follow.
-#}
{% macro measures(cases, indicators) -%}
    select * from (
    {%- for code, parts in indicators.items() %}
        select
            '{{ code }}' as indicator_code,
            town_code,
            division_code,
            department,
            dataset,
            extract_month as month,
            delivery_no,
            file_no,
            sheet_no,
            row_number,
            -- Amounts have 10 decimals, and 元 in 万元 four more.
            cast({{ parts[0] }} as decimal(38, 14)) as numerator,
            cast({{ parts[1] if parts | length > 1 else 'null' }} as decimal(38, 14)) as denominator
        from {{ cases }}
        {{ 'union all' if not loop.last }}
    {%- endfor %}
    ) as cases
    where
        numerator is not null
        or denominator is not null
{%- endmacro %}

{#- A case that counts 1 if the condition holds, and does not enter otherwise. -#}
{% macro counted(condition='true') -%}
    case when {{ condition }} then 1 end
{%- endmacro %}

{#-
Counts distinct things: 1 on the first row, in row order, of each thing (a list of columns) among the rows for which the
condition holds.
-#}
{% macro counted_once(thing, condition='true') -%}
    case
        when
            {{ condition }}
            and row_number() over (
                partition by {{ thing | join(', ') }}, {{ condition }}
                order by extract_month, row_order
            ) = 1
            then 1
    end
{%- endmacro %}

{#- The columns that name a delivered row and its order, of the relation `rows`. -#}
{% macro delivered_row(rows) -%}
    {%- for column in [
        'department', 'dataset', 'extract_month', 'delivery_no', 'file_no', 'sheet_no', 'row_number', 'row_order',
    ] -%}
    {{ rows }}.{{ column }}{{ ',\n        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#-
The same columns but the order, for a case that no department delivered: a division of the division list (at its place)
or, with `month`, a calendar month. `dataset` is the mart that lists such things.
-#}
{% macro listed_in(mart, month=month_start()) -%}
    null as department,
        '{{ mart }}' as dataset,
        {{ month }} as extract_month,
        cast(null as integer) as delivery_no,
        cast(null as integer) as file_no,
        cast(null as integer) as sheet_no,
        cast(null as integer) as row_number
{%- endmacro %}

{#- The months of the year up to the month of the run, a case each, without a place. -#}
{% macro months_of_year() -%}
    {%- for number in range(month_text()[5:] | int) %}
    select
        null as town_code,
        null as division_code,
        {{ listed_in('dim_month', month_start(-number)) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
