{#- Every row is found in another relation by several columns together; in its rows of the month where `of_month` is set. -#}
{% test composite_relationships(model, columns, to, to_columns, of_month=false) %}

select distinct {{ columns | join(', ') }}
from {{ model }}
except
select {{ to_columns | join(', ') }}
from {{ to }}
{{ 'where month = ' ~ month_start() if of_month }}

{% endtest %}
