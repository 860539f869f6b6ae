-- Finds persons at work by the employment ledger who are registered unemployed (REC-07) or supported as extremely poor
-- (REC-08).
with employed as (

    select * from {{ ref('stg_human_resources__employment_monitoring') }}
    where
        extract_month = {{ month_start() }}
        and employment_status = '在业'

),

jobless as (

    select * from {{ ref('stg_human_resources__unemployment_registration') }}
    where extract_month = {{ month_start() }}

),

supported as (

    select * from {{ ref('int_protected_persons') }}
    where
        dataset = 'extreme_poverty_support'
        and extract_month = {{ month_start() }}

)

{% for rule, others in [('REC-07', 'jobless'), ('REC-08', 'supported')] %}
select {{ conflict_row(
    "'" ~ rule ~ "'", 'employed.person_key', 'human_resources', 'employment_monitoring', 'employed', place_order=2
) }}
from employed
where employed.person_key in (select person_key from {{ others }})

union all
{% endfor %}

select {{ conflict_row(
    "'REC-07'", 'jobless.person_key', 'human_resources', 'unemployment_registration', 'jobless'
) }}
from jobless
where jobless.person_key in (select person_key from employed)

union all

select {{ conflict_row(
    "'REC-08'", 'supported.person_key', 'civil_affairs', 'extreme_poverty_support', 'supported', place_order=1
) }}
from supported
where supported.person_key in (select person_key from employed)
