-- No safe drinking water. Yes or no, not a number: measure and threshold stay null.
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
