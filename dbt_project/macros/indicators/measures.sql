{#-
Numerator and denominator of indicators from the cases of a relation, summed by place.

`cases` names a relation with town_code and division_code (null for a case without a place, which counts for the
district only). `indicators` maps an indicator's code to two aggregates over the cases of one place, [numerator] or
[numerator, denominator]. An indicator may be measured over several relations: everything is summed.

A new indicator needs a row of the catalogue (seeds/indicators.csv) and a line in one of the models int_measures_…;
status, roll-up, value, target, earlier values and the wide table follow.
-#}
{% macro measures(cases, indicators) -%}
    {%- for code, aggregates in indicators.items() %}
    select
        '{{ code }}' as indicator_code,
        town_code,
        division_code,
        cast({{ aggregates[0] }} as decimal(28, 10)) as numerator,
        cast({{ aggregates[1] if aggregates | length > 1 else 'null' }} as decimal(28, 10)) as denominator
    from {{ cases }}
    group by town_code, division_code
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
