-- Selects the settlements of the twelve months up to this one, of all members on the register, dead or alive. No date
-- is more than 31 days after its delivery's month, so none can be in an extract before the month that precedes them.
with delivered as (

    {{ newest_settlements(12) }}

)

select
    members.household_key,
    delivered.self_paid,
    delivered.extract_month,
    delivered.row_ref
from delivered
inner join {{ ref('int_members') }} as members on delivered.person_key = members.person_key
where
    delivered.settled_on >= {{ month_start(-11) }}
    and delivered.settled_on <= {{ month_end() }}
