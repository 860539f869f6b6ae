-- Counts households and leads of every month that ran, exactly: of the district (town_code null) and of each town.
with households as (

    select
        screened.month,
        screened.town_code,
        risk.risk_level
    from {{ ref('household_month') }} as screened
    left join {{ ref('household_risk') }} as risk
        on
            screened.month = risk.month
            and screened.household_key = risk.household_key
    where screened.living_members > 0

),

first_returns as (

    select
        lead_id,
        min(extract_month) as month
    from {{ ref('stg_agriculture__verification_returns') }}
    group by lead_id

),

-- Open as of a month: opened by then, neither closed nor answered by then; in the town of its newest flag by then.
leads as (

    select
        months.month,
        max_by(flags.town_code, flags.month) as town_code,
        coalesce(leads.due_on < months.dispatched_on, false) as is_overdue
    from {{ ref('dim_month') }} as months
    inner join {{ ref('risk_leads') }} as leads
        on
            months.month >= leads.opened_month
            and (leads.closed_month is null or months.month < leads.closed_month)
    inner join {{ ref('household_risk_flags') }} as flags
        on
            leads.lead_id = flags.lead_id
            and months.month >= flags.month
    left join first_returns
        on
            leads.lead_id = first_returns.lead_id
            and months.month >= first_returns.month
    where first_returns.lead_id is null
    group by months.month, months.dispatched_on, leads.lead_id, leads.due_on

),

places as (

    select distinct
        month,
        town_code
    from {{ ref('risk_screening') }}

    union all

    select
        month,
        null as town_code
    from {{ ref('dim_month') }}

),

counted as (

    select
        month,
        town_code,
        risk_level,
        1 as households,
        0 as leads,
        false as is_overdue
    from households

    union all

    select
        month,
        town_code,
        null as risk_level,
        0 as households,
        1 as leads,
        is_overdue
    from leads

)

select
    places.month,
    places.town_code,
    cast(coalesce(sum(counted.households), 0) as integer) as households_screened,
    cast(count(counted.risk_level) as integer) as households_flagged,
    cast(count(*) filter (where counted.risk_level = 'red') as integer) as red,
    cast(count(*) filter (where counted.risk_level = 'orange') as integer) as orange,
    cast(count(*) filter (where counted.risk_level = 'yellow') as integer) as yellow,
    cast(coalesce(sum(counted.leads), 0) as integer) as leads_open,
    cast(count(*) filter (where counted.is_overdue) as integer) as leads_overdue
from places
left join counted
    on
        places.month = counted.month
        and (places.town_code is null or places.town_code = counted.town_code)
group by places.month, places.town_code
