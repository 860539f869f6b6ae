{#-
The month of the run ('2021-06'). Every date literal of a model comes from here.
Offsets count months: month_start(-1) is the first day of the month before.

It is the variable `month` (set by unit tests and the monthly run), else SHOUWANG_MONTH of the environment.
Parsing sees neither, because one parsed project must serve every month: parsing takes longer than building a small one.
dbt discards the parsed project if --vars differ, so the monthly run parses without them (orchestration/dbt/process.py).
-#}

{% macro month_text(offset=0) -%}
    {#- Parsing needs no month, and must not see one: the parsed project would depend on it. -#}
    {%- set month = var('month', env_var('SHOUWANG_MONTH', '') if execute else '1970-01') | string -%}
    {%- if not modules.re.fullmatch('[0-9]{4}-(0[1-9]|1[0-2])', month) -%}
        {%- do exceptions.raise_compiler_error(
            "no month to run: set SHOUWANG_MONTH or pass --vars '{month: 2021-06}' (got '" ~ month ~ "')"
        ) -%}
    {%- endif -%}
    {%- set index = (month[:4] | int) * 12 + (month[5:] | int) - 1 + offset -%}
    {{- '%04d-%02d' % (index // 12, index % 12 + 1) -}}
{%- endmacro %}

{% macro month_start(offset=0) -%}
    cast('{{ month_text(offset) }}-01' as date)
{%- endmacro %}

{% macro month_end(offset=0) -%}
    last_day({{ month_start(offset) }})
{%- endmacro %}

{#- Condition that something with these dates (half open, null without an end) is valid on the month's last day. -#}
{% macro is_valid(valid_from, valid_to=none) -%}
    ({{ valid_from }} is null or {{ valid_from }} <= {{ month_end() }})
    {%- if valid_to %}
    and ({{ valid_to }} is null or {{ valid_to }} > {{ month_end() }})
    {%- endif %}
{%- endmacro %}

{% macro year_start() -%}
    cast('{{ month_text()[:4] }}-01-01' as date)
{%- endmacro %}

{#- Whole years between a birth month ('1950-06') and a month, by default that of the run. -#}
{% macro age_at_month_end(birth_month, month=month_start()) -%}
    {{ integer_division(
        dbt.datediff("cast(concat(" ~ birth_month ~ ", '-01') as date)", month, 'month'), 12
    ) }}
{%- endmacro %}
