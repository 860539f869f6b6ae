-- Flags living members whose serious illness was diagnosed in the month.
select
    'MED-03' as rule_code,
    members.household_key,
    count(distinct members.person_key) as measure,
    1 as threshold,
    count(distinct members.person_key) as persons,
    {{ evidence(row_reference('health', 'serious_illness', 'illnesses')) }} as evidence
from {{ ref('stg_health__serious_illness') }} as illnesses
inner join {{ ref('int_members') }} as members on illnesses.person_key = members.person_key
where
    illnesses.extract_month = {{ month_start() }}
    and illnesses.diagnosed_on >= {{ month_start() }}
    and illnesses.diagnosed_on <= {{ month_end() }}
    and members.is_living
group by members.household_key
