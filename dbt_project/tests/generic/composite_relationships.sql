{#- Several columns together refer to a row of another relation; to one of the month if `of_month` is set. -#}
{% test composite_relationships(model, columns, to, to_columns, of_month=false) %}

select distinct {{ columns | join(', ') }}
from {{ model }}
except
select {{ to_columns | join(', ') }}
from {{ to }}
{{ 'where month = ' ~ month_start() if of_month }}

{% endtest %}
