{#- Expressions that engines spell differently, each behind one dispatched macro. DuckDB is tested; Spark is not. -#}

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

{#- List of the matches of a regular expression in a text; empty without one, null for a null. -#}
{% macro every_match(text, pattern) -%}
    {{ return(adapter.dispatch('every_match', 'shouwang')(text, pattern)) }}
{%- endmacro %}

{% macro default__every_match(text, pattern) -%}
    regexp_extract_all({{ text }}, '{{ pattern }}')
{%- endmacro %}

{% macro spark__every_match(text, pattern) -%}
    regexp_extract_all({{ text }}, '{{ pattern }}', 0)
{%- endmacro %}
