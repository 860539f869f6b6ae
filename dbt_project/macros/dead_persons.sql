{#-
Everybody who is known to have died by the month's end, with the earliest day reported. A death counts from the month in
which it happened, no matter which month's extract reported it.
-#}
{% macro dead_persons() -%}
    select
        person_key,
        min(died_on) as died_on
    from {{ ref('stg_civil_affairs__deaths') }}
    where
        extract_month <= {{ month_start() }}
        and died_on <= {{ month_end() }}
    group by person_key
{%- endmacro %}
