-- Flags households without safe drinking water. Yes or no is no number, so measure and threshold are null.
select
    'WAT-01' as rule_code,
    household_key,
    cast(null as double) as measure,
    cast(null as double) as threshold,
    living_members as persons,
    {{ evidence(row_reference('agriculture', 'household_register', 'households')) }} as evidence
from {{ ref('int_households') }} as households
where not has_safe_water
group by household_key, living_members
