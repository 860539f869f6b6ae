-- Flags unsafe housing, grade C or D. A grade is no number, so measure and threshold are null.
select
    'HOU-01' as rule_code,
    household_key,
    cast(null as double) as measure,
    cast(null as double) as threshold,
    living_members as persons,
    {{ evidence(row_reference('agriculture', 'household_register', 'households')) }} as evidence
from {{ ref('int_households') }} as households
where housing_grade in ('C级', 'D级')
group by household_key, living_members
