{#-
Numbers of documents, projects, assets and designs in the form in which they are compared (semantics §3): upper case,
with one kind of brackets. Accepted rows keep them as delivered.
-#}
{% macro document_number(number) -%}
    translate(upper({{ number }}), '()[]【】', '〔〕〔〕〔〕')
{%- endmacro %}

{#- The numbers in a cell that may hold several, parted by 、 , or ; as a list in that form; null if the cell is empty. -#}
{% macro document_numbers(numbers) -%}
    {{ every_match(document_number(numbers), '[^、,;]+') }}
{%- endmacro %}

{#- The same numbers as one text, sorted and joined by ;, each once; null if the cell is empty. -#}
{% macro sorted_document_numbers(numbers) -%}
    {{ joined_list('array_sort(array_distinct(' ~ document_numbers(numbers) ~ '))', ';') }}
{%- endmacro %}
