-- Finds contradictions in the register: a person in several households (REC-03), a household without exactly one head
-- (REC-10). All accepted rows count, of the living and the dead.
with register as (

    select * from {{ ref('stg_agriculture__household_register') }}
    where extract_month = {{ month_start() }}

),

persons as (

    select
        person_key,
        {{ json_object({'households': 'count(distinct household_key)'}) }} as facts
    from register
    group by person_key
    having min(household_key) <> max(household_key)

),

households as (

    select
        household_key,
        {{ json_object({'heads': "count(*) filter (where relation_to_head = '户主')"}) }} as facts
    from register
    group by household_key
    having count(*) filter (where relation_to_head = '户主') <> 1

)

{% for rule, subject in [('REC-03', 'person'), ('REC-10', 'household')] %}
select {{ conflict_row(
    "'" ~ rule ~ "'", 'register.' ~ subject ~ '_key', 'agriculture', 'household_register', 'register', subject ~ 's.facts'
) }}
from register
inner join {{ subject }}s on register.{{ subject }}_key = {{ subject }}s.{{ subject }}_key
{{ 'union all' if not loop.last }}
{% endfor %}
