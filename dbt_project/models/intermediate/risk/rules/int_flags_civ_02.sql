-- Flags living members graded 一级 or 二级 who were absent or graded lower the month before.
with severe as (

    select * from {{ ref('stg_civil_affairs__disability_subsidies') }}
    where
        disability_grade in ('一级', '二级')
        and extract_month = {{ month_start() }}

),

severe_before as (

    select person_key
    from {{ ref('stg_civil_affairs__disability_subsidies') }}
    where
        disability_grade in ('一级', '二级')
        and extract_month = {{ month_start(-1) }}

)

select
    'CIV-02' as rule_code,
    members.household_key,
    count(distinct members.person_key) as measure,
    1 as threshold,
    count(distinct members.person_key) as persons,
    {{ evidence(row_reference('civil_affairs', 'disability_subsidies', 'severe')) }} as evidence
from severe
inner join {{ ref('int_members') }} as members on severe.person_key = members.person_key
where
    members.is_living
    and severe.person_key not in (select person_key from severe_before)
group by members.household_key
