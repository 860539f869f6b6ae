{#-
No figure of the district moved further from the month before than usual: by `points` if it is in per cent, else by
`factor`, up or down. A jump is a reason to check the deliveries; it is no error in itself.
-#}
{% test jumps(model, points, factor) %}

select
    figures.indicator_code,
    figures.previous_value,
    figures.value
from (select * from {{ model }}) as figures
inner join {{ ref('indicator_catalogue') }} as catalogue on figures.indicator_code = catalogue.code
where
    figures.level = 'district'
    and figures.change <> 0
    and case
        when catalogue.unit = '%' then abs(figures.change) > {{ points }}
        else
            figures.value > figures.previous_value * {{ factor }}
            or figures.previous_value > figures.value * {{ factor }}
    end

{% endtest %}
