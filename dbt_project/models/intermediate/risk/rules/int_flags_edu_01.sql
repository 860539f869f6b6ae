-- Flags living members of compulsory-school age (6 to 15 completed years at month end) who are not at school.
select
    'EDU-01' as rule_code,
    household_key,
    count(distinct person_key) as measure,
    1 as threshold,
    count(distinct person_key) as persons,
    {{ evidence(row_reference('agriculture', 'household_register', 'members')) }} as evidence
from {{ ref('int_members') }} as members
where
    is_living
    and schooling_status = '非在校生'
    and {{ age_at_month_end('id_birth_month') }} between 6 and 15
group by household_key
