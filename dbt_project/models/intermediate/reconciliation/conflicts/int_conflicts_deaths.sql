-- Finds benefits after a death: protection (REC-01), a pension (REC-02), treatment (REC-09). A death counts once any
-- extract has reported it. If extracts disagree, the earliest date counts, as in int_members.
with reported as (

    select * from {{ ref('stg_civil_affairs__deaths') }}
    where extract_month <= {{ month_start() }}

),

dead as (

    select
        person_key,
        min(died_on) as died_on,
        {{ json_object({'died_on': 'min(died_on)'}) }} as facts
    from reported
    group by person_key

),

found as (

    {% for dataset in ['subsistence_allowance', 'extreme_poverty_support'] %}
    select {{ conflict_row(
        "'REC-01'", 'protection.person_key', 'civil_affairs', dataset, 'protection', 'dead.facts', loop.index
    ) }}
    from {{ ref('int_protected_persons') }} as protection
    inner join dead on protection.person_key = dead.person_key
    where
        protection.dataset = '{{ dataset }}'
        and protection.extract_month = {{ month_start() }}
        and dead.died_on < {{ month_start() }}

    union all
    {% endfor %}

    select {{ conflict_row(
        "'REC-02'", 'pensions.person_key', 'human_resources', 'pension_enrolment', 'pensions', 'dead.facts'
    ) }}
    from {{ ref('stg_human_resources__pension_enrolment') }} as pensions
    inner join dead on pensions.person_key = dead.person_key
    where
        pensions.extract_month = {{ month_start() }}
        and pensions.benefit_status = '领取中'
        and dead.died_on < {{ month_start() }}

    union all

    select {{ conflict_row(
        "'REC-09'", 'settlements.person_key', 'health', 'medical_settlements', 'settlements', 'dead.facts'
    ) }}
    from {{ ref('stg_health__medical_settlements') }} as settlements
    inner join dead on settlements.person_key = dead.person_key
    where
        settlements.extract_month = {{ month_start() }}
        and coalesce(settlements.admitted_on, settlements.settled_on) > dead.died_on

)

select * from found

union all

select {{ conflict_row('conflicts.rule_code', 'conflicts.subject', 'civil_affairs', 'deaths', 'reported') }}
from (
    select distinct
        rule_code,
        subject
    from found
) as conflicts
inner join reported on conflicts.subject = reported.person_key
