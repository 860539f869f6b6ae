-- Makes one lead per episode, over all months built so far, as of the newest one.
with newest as (

    select
        month,
        dispatched_on
    from {{ ref('dim_month') }}
    where not is_closed

),

-- The last flagged month decides the lead's place, and if it is closed.
episodes as (

    select
        household_key,
        division_code,
        town_code,
        rule_code,
        first_flagged_month as opened_month,
        month as last_flagged_month,
        next_screened_month as closed_month,
        {{ lead_id('household_key', 'rule_code', 'first_flagged_month') }} as lead_id
    from {{ ref('int_flag_episodes') }}
    qualify row_number() over (
        partition by household_key, rule_code, first_flagged_month order by month desc
    ) = 1

),

returns as (

    select
        verifications.lead_id,
        verifications.result,
        verifications.verified_on,
        verifications.is_enrolled
    from {{ ref('stg_agriculture__verification_returns') }} as verifications
    inner join newest on verifications.extract_month <= newest.month
    qualify row_number() over (
        partition by verifications.lead_id order by verifications.extract_month desc, verifications.row_order desc
    ) = 1

),

leads as (

    select
        episodes.*,
        returns.result,
        returns.verified_on,
        returns.is_enrolled,
        due.due_on,
        case
            when episodes.closed_month is not null then 'closed'
            when returns.result = '属实' then 'verified_true'
            when returns.result = '不属实' then 'verified_false'
            when returns.result = '查无此户' then 'not_found'
            else 'open'
        end as status
    from episodes
    left join returns on episodes.lead_id = returns.lead_id
    left join {{ ref('int_lead_due_dates') }} as due
        on
            episodes.opened_month = due.month
            and left(episodes.town_code, 6) = due.district_code

)

select
    leads.lead_id,
    leads.household_key,
    leads.division_code,
    leads.town_code,
    leads.rule_code,
    leads.opened_month,
    leads.last_flagged_month,
    leads.closed_month,
    leads.status,
    leads.result as verification_result,
    leads.verified_on,
    leads.is_enrolled,
    leads.due_on,
    coalesce(leads.status = 'open' and leads.due_on < newest.dispatched_on, false) as is_overdue
from leads
cross join newest
