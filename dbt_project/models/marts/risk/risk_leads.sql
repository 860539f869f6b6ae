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
        verifications.is_enrolled,
        verifications.enrolled_on
    from {{ ref('stg_agriculture__verification_returns') }} as verifications
    inner join newest on verifications.extract_month <= newest.month
    qualify row_number() over (
        partition by verifications.lead_id order by verifications.extract_month desc, verifications.row_order desc
    ) = 1

),

-- Any return tells that somebody went there, also 查无此户.
first_returns as (

    select
        verifications.lead_id,
        min(verifications.verified_on) as first_verified_on
    from {{ ref('stg_agriculture__verification_returns') }} as verifications
    inner join newest on verifications.extract_month <= newest.month
    group by verifications.lead_id

),

-- The newest list tells when a household was identified, if no return does.
listed as (

    select
        household_key,
        max(last_day(cast(concat(identified_month, '-01') as date))) as identified_on
    from {{ ref('stg_agriculture__monitored_households') }}
    where
        extract_month = (
            select max(accepted.month)
            from {{ ref('int_accepted_datasets') }} as accepted
            inner join newest on accepted.month <= newest.month
            where accepted.dataset = 'monitored_households'
        )
    group by household_key

),

leads as (

    select
        episodes.*,
        returns.result,
        returns.verified_on,
        returns.is_enrolled,
        first_returns.first_verified_on,
        due.dispatched_on,
        due.due_on,
        due.recognition_due_on,
        case
            when returns.result = '属实' and returns.is_enrolled
                then coalesce(returns.enrolled_on, listed.identified_on)
        end as enrolled_on,
        case
            when returns.result = '属实' and returns.is_enrolled and returns.enrolled_on is not null then 'return'
            when returns.result = '属实' and returns.is_enrolled and listed.identified_on is not null then 'list'
        end as enrolled_on_basis,
        case
            when episodes.closed_month is not null then 'closed'
            when returns.result = '属实' then 'verified_true'
            when returns.result = '不属实' then 'verified_false'
            when returns.result = '查无此户' then 'not_found'
            else 'open'
        end as status
    from episodes
    left join returns on episodes.lead_id = returns.lead_id
    left join first_returns on episodes.lead_id = first_returns.lead_id
    left join listed on episodes.household_key = listed.household_key
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
    coalesce(leads.status = 'open' and leads.due_on < newest.dispatched_on, false) as is_overdue,
    leads.first_verified_on,
    case
        when leads.first_verified_on is not null then leads.first_verified_on <= leads.due_on
        when leads.due_on < newest.dispatched_on then false
    end as is_verified_on_time,
    leads.recognition_due_on,
    leads.enrolled_on,
    leads.enrolled_on_basis,
    case
        when leads.enrolled_on is not null
            then greatest(cast({{ dbt.datediff('leads.dispatched_on', 'leads.enrolled_on', 'day') }} as integer), 0)
    end as days_to_enrol,
    coalesce(
        leads.recognition_due_on < newest.dispatched_on
        and leads.enrolled_on is null
        and (leads.status = 'open' or (leads.status = 'verified_true' and leads.is_enrolled)),
        false
    ) as is_recognition_overdue
from leads
cross join newest
