{#-
A figure as it is shown: rounded half up to so many decimals. Through a decimal, so that 1.005 (which a double holds as
a little less) becomes 1.01.
-#}
{% macro shown_value(value, decimals) -%}
    floor(cast({{ value }} as decimal(28, 10)) * cast(power(10, {{ decimals }}) as decimal(5, 0)) + 0.5)
    / power(10, {{ decimals }})
{%- endmacro %}
