{#-
Figures of the district that moved further from the month before than such figures do: `points` for those in per cent,
`factor` (up or down) for the others. A jump asks for a look at the deliveries; it is no error by itself.
-#}
{% test jumps(model, points, factor) %}

select
    figures.indicator_code,
    figures.previous_value,
    figures.value
from (select * from {{ model }}) as figures
inner join {{ ref('indicators') }} as catalogue on figures.indicator_code = catalogue.code
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
