{#- Expressions that engines spell differently, each behind one dispatched macro. DuckDB's are the default. -#}

{#- Lower-case hexadecimal SHA-256 of a text. -#}
{% macro sha256_hex(text) -%}
    {{ return(adapter.dispatch('sha256_hex', 'shouwang')(text)) }}
{%- endmacro %}

{% macro default__sha256_hex(text) -%}
    sha256({{ text }})
{%- endmacro %}

{% macro spark__sha256_hex(text) -%}
    sha2({{ text }}, 256)
{%- endmacro %}

{#- A date as '2021-06'. -#}
{% macro year_month(day) -%}
    {{ return(adapter.dispatch('year_month', 'shouwang')(day)) }}
{%- endmacro %}

{% macro default__year_month(day) -%}
    strftime({{ day }}, '%Y-%m')
{%- endmacro %}

{% macro spark__year_month(day) -%}
    date_format({{ day }}, 'yyyy-MM')
{%- endmacro %}

{#- Quotient of integers without the remainder. -#}
{% macro integer_division(dividend, divisor) -%}
    {{ return(adapter.dispatch('integer_division', 'shouwang')(dividend, divisor)) }}
{%- endmacro %}

{% macro default__integer_division(dividend, divisor) -%}
    (({{ dividend }}) // {{ divisor }})
{%- endmacro %}

{% macro spark__integer_division(dividend, divisor) -%}
    (({{ dividend }}) div {{ divisor }})
{%- endmacro %}

{#-
A double rounded to a decimal of 18 digits. Spark would round the shortest text of the double, DuckDB rounds its product
with the power of ten, and the last digits may differ.
-#}
{% macro decimal_of_double(value, scale) -%}
    {{ return(adapter.dispatch('decimal_of_double', 'shouwang')(value, scale)) }}
{%- endmacro %}

{% macro default__decimal_of_double(value, scale) -%}
    cast({{ value }} as decimal(18, {{ scale }}))
{%- endmacro %}

{% macro spark__decimal_of_double(value, scale) -%}
    cast(cast(round(({{ value }}) * 1e{{ scale }}) as decimal(18, 0)) * 1e-{{ scale }}BD as decimal(18, {{ scale }}))
{%- endmacro %}

{#- Aggregate: distinct texts in their own order, joined by a separator; null if there is none. -#}
{% macro joined_texts(text, separator) -%}
    {{ return(adapter.dispatch('joined_texts', 'shouwang')(text, separator)) }}
{%- endmacro %}

{% macro default__joined_texts(text, separator) -%}
    string_agg(distinct {{ text }}, '{{ separator }}' order by {{ text }})
{%- endmacro %}

{% macro spark__joined_texts(text, separator) -%}
    nullif(array_join(array_sort(collect_set({{ text }})), '{{ separator }}'), '')
{%- endmacro %}

{#- Aggregate: texts in the order of an expression, joined by a separator; null if there is none. -#}
{% macro texts_in_order(text, separator, order) -%}
    {{ return(adapter.dispatch('texts_in_order', 'shouwang')(text, separator, order)) }}
{%- endmacro %}

{% macro default__texts_in_order(text, separator, order) -%}
    string_agg({{ text }}, '{{ separator }}' order by {{ order }})
{%- endmacro %}

{% macro spark__texts_in_order(text, separator, order) -%}
    listagg({{ text }}, '{{ separator }}') within group (order by {{ order }})
{%- endmacro %}

{#- The texts of a list joined by a separator. -#}
{% macro joined_list(list, separator) -%}
    {{ return(adapter.dispatch('joined_list', 'shouwang')(list, separator)) }}
{%- endmacro %}

{% macro default__joined_list(list, separator) -%}
    array_to_string({{ list }}, '{{ separator }}')
{%- endmacro %}

{% macro spark__joined_list(list, separator) -%}
    array_join({{ list }}, '{{ separator }}')
{%- endmacro %}

{#- One row for each element of a list. -#}
{% macro each_of(list) -%}
    {{ return(adapter.dispatch('each_of', 'shouwang')(list)) }}
{%- endmacro %}

{% macro default__each_of(list) -%}
    unnest({{ list }})
{%- endmacro %}

{% macro spark__each_of(list) -%}
    explode({{ list }})
{%- endmacro %}

{#- A structure from a mapping of field name to expression, fields in the mapping's order. -#}
{% macro structure(fields) -%}
    {{ return(adapter.dispatch('structure', 'shouwang')(fields)) }}
{%- endmacro %}

{% macro default__structure(fields) -%}
    struct_pack({% for name, value in fields.items() %}{{ name }} := {{ value }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}

{% macro spark__structure(fields) -%}
    named_struct({% for name, value in fields.items() %}'{{ name }}', {{ value }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}

{#- A structure or a list of structures as JSON, fields that are null included. -#}
{% macro json_text(value) -%}
    {{ return(adapter.dispatch('json_text', 'shouwang')(value)) }}
{%- endmacro %}

{% macro default__json_text(value) -%}
    cast(to_json({{ value }}) as {{ dbt.type_string() }})
{%- endmacro %}

{% macro spark__json_text(value) -%}
    to_json({{ value }}, map('ignoreNullFields', 'false'))
{%- endmacro %}

{#- Condition: a part of a text matches a regular expression. -#}
{% macro has_match(text, pattern) -%}
    {{ return(adapter.dispatch('has_match', 'shouwang')(text, pattern)) }}
{%- endmacro %}

{% macro default__has_match(text, pattern) -%}
    regexp_matches({{ text }}, '{{ pattern }}')
{%- endmacro %}

{% macro spark__has_match(text, pattern) -%}
    regexp_like({{ text }}, r'{{ pattern }}')
{%- endmacro %}

{#- List of the matches of a regular expression in a text; empty without one, null for a null. -#}
{% macro every_match(text, pattern) -%}
    {{ return(adapter.dispatch('every_match', 'shouwang')(text, pattern)) }}
{%- endmacro %}

{% macro default__every_match(text, pattern) -%}
    regexp_extract_all({{ text }}, '{{ pattern }}')
{%- endmacro %}

{% macro spark__every_match(text, pattern) -%}
    regexp_extract_all({{ text }}, r'{{ pattern }}', 0)
{%- endmacro %}

{#-
dbt's dateadd and datediff, of days and months between dates. Its own for Spark go through the clock of a time zone, and
stop at a null.
-#}
{% macro spark__dateadd(datepart, interval, from_date_or_timestamp) -%}
    {{ {'day': 'date_add', 'month': 'add_months'}[datepart] }}({{ from_date_or_timestamp }}, {{ interval }})
{%- endmacro %}

{% macro spark__datediff(first_date, second_date, datepart) -%}
    {%- if datepart == 'month' -%}
    (
        (year({{ second_date }}) - year({{ first_date }})) * 12 + month({{ second_date }}) - month({{ first_date }})
    )
    {%- elif datepart == 'day' -%}
    datediff({{ second_date }}, {{ first_date }})
    {%- else -%}
        {%- do exceptions.raise_compiler_error("Spark: datediff of days and months only, got " ~ datepart) -%}
    {%- endif -%}
{%- endmacro %}
