{#-
    Tells streets from towns (镇, 乡, 民族乡, 苏木) by the seventh digit of the code (GB/T 10114): 0 is a street, 1 to 3
    are towns. 4 and 5 are farms, parks and the like, whose name decides: some are called 街道 and were streets all
    along, before they got the code of one.
-#}
{% macro is_street(code, name) -%}
    (
        substr({{ code }}, 7, 1) = '0'
        or (
            substr({{ code }}, 7, 1) in ('4', '5')
            and ({{ name }} like '%街道' or {{ name }} like '%街道办事处' or {{ name }} like '%地区办事处')
        )
    )
{%- endmacro %}
