{%- set rules = [
    'inc_01', 'inc_02', 'inc_03', 'med_01', 'med_02', 'med_03', 'med_04', 'emp_01',
    'civ_01', 'civ_02', 'civ_03', 'civ_04', 'hou_01', 'wat_01', 'edu_01', 'local',
] -%}

-- Collects the flags of the month: of screened rules, in households with a living member.
with found as (

    {% for rule in rules %}
    select
        rule_code,
        household_key,
        measure,
        threshold,
        persons,
        evidence
    from {{ ref('int_flags_' ~ rule) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    {{ month_start() }} as month,
    found.household_key,
    households.division_code,
    households.town_code,
    found.rule_code,
    cast(found.measure as double) as measure,
    cast(found.threshold as double) as threshold,
    cast(found.persons as integer) as persons,
    found.evidence
from found
inner join {{ ref('int_households') }} as households on found.household_key = households.household_key
inner join {{ ref('int_rule_screening') }} as screening
    on
        found.rule_code = screening.rule_code
        and households.town_code = screening.town_code
where
    screening.is_screened
    and households.living_members > 0
