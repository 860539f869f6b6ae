{#-
The settlements of the month's extract and of a number of months before it, one row per settlement: that of its newest
delivery. Few are delivered twice, so these are looked for first; numbering all rows takes several times as long.
-#}
{% macro newest_settlements(months_before) -%}
    select delivered.*
    from {{ ref('stg_health__medical_settlements') }} as delivered
    left join (
        select
            settlement_no,
            max(extract_month) as newest_month
        from {{ ref('stg_health__medical_settlements') }}
        where
            extract_month >= {{ month_start(-months_before) }}
            and extract_month <= {{ month_start() }}
        group by settlement_no
        having count(*) > 1
    ) as redelivered on delivered.settlement_no = redelivered.settlement_no
    where
        delivered.extract_month >= {{ month_start(-months_before) }}
        and delivered.extract_month <= {{ month_start() }}
        and delivered.extract_month = coalesce(redelivered.newest_month, delivered.extract_month)
{%- endmacro %}
