{#-
A figure rounded half up to a number of decimals. Rounds through a decimal, so that 1.005 (a little less as a double)
becomes 1.01.
-#}
{% macro shown_value(value, decimals) -%}
    floor(cast({{ value }} as decimal(28, 10)) * cast(power(10, {{ decimals }}) as decimal(5, 0)) + 0.5)
    / power(10, {{ decimals }})
{%- endmacro %}
