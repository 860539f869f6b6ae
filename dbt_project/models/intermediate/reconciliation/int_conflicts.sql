{%- set topics = ['deaths', 'protection', 'employment', 'register', 'names', 'monitored', 'ledgers', 'chain'] -%}

-- Collects the conflicts of the month, of rules whose datasets all count for it. The place is that of the person or
-- household in the register, else that of the delivered row.
with found as (

    {% for topic in topics %}
    select
        rule_code,
        subject,
        facts,
        town_code,
        division_code,
        place_order,
        answering_department,
        delivered_row
    from {{ ref('int_conflicts_' ~ topic) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

conflicts as (

    select
        rule_code,
        subject,
        concat(
            '{"facts":', coalesce(max(facts), '{}'), ',"evidence":', {{ evidence('delivered_row') }}, '}'
        ) as detail,
        max(answering_department) as answering_department,
        min({{ structure({
            'place_order': 'place_order',
            'town_code': 'town_code',
            'division_code': 'division_code',
        }) }}) filter (where town_code is not null) as own_place
    from found
    group by rule_code, subject

)

select
    conflicts.rule_code,
    conflicts.subject,
    rules.about,
    case when rules.about = 'person' then conflicts.subject end as person_key,
    case
        when rules.about = 'person' then homes.household_key
        when rules.about = 'household' then conflicts.subject
    end as household_key,
    coalesce(homes.division_code, conflicts.own_place.division_code) as division_code,
    coalesce(homes.town_code, conflicts.own_place.town_code) as town_code,
    conflicts.detail,
    coalesce(conflicts.answering_department, rules.answers) as answering_department
from conflicts
inner join {{ ref('int_reconciled_rules') }} as reconciled
    on
        conflicts.rule_code = reconciled.rule_code
        and reconciled.month = {{ month_start() }}
inner join {{ ref('conflict_rules') }} as rules on conflicts.rule_code = rules.rule_code
left join {{ ref('int_members') }} as members
    on
        rules.about = 'person'
        and conflicts.subject = members.person_key
left join {{ ref('int_households') }} as homes
    on case rules.about when 'person' then members.household_key else conflicts.subject end = homes.household_key
