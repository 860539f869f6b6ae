-- Measures the leads verified and enrolled on time, with what was known in the month: leads and returns of later
-- months are not, also if the month runs again. Episodes come from the months that ran before, so these cases are not
-- among the rows of a trace, which are computed from accepted rows alone.
with episodes as (

    select
        household_key,
        town_code,
        first_flagged_month as opened_month,
        {{ lead_id('household_key', 'rule_code', 'first_flagged_month') }} as lead_id
    from {{ ref('int_flag_episodes') }}
    where month <= {{ month_start() }}
    qualify row_number() over (
        partition by household_key, rule_code, first_flagged_month order by month desc
    ) = 1

),

returned as (

    select
        *,
        min(verified_on) over (partition by lead_id) as first_verified_on,
        result = '属实' and is_enrolled as is_recognised
    from {{ ref('stg_agriculture__verification_returns') }}
    where extract_month <= {{ month_start() }}
    qualify row_number() over (partition by lead_id order by extract_month desc, row_order desc) = 1

),

identified as (

    select
        household_key,
        max(last_day(cast(concat(identified_month, '-01') as date))) as identified_on
    from {{ ref('stg_agriculture__monitored_households') }}
    where
        extract_month = (
            select max(month) from {{ ref('int_accepted_datasets') }}
            where
                dataset = 'monitored_households'
                and month <= {{ month_start() }}
        )
    group by household_key

),

leads as (

    select
        episodes.town_code,
        null as division_code,
        due.due_on,
        due.recognition_due_on,
        returned.first_verified_on,
        coalesce(returned.is_recognised, false) as is_recognised,
        case when returned.is_recognised then coalesce(returned.enrolled_on, identified.identified_on) end
            as enrolled_on,
        due.dispatched_on,
        {{ listed_in('risk_leads', 'episodes.opened_month') }}
    from episodes
    left join returned on episodes.lead_id = returned.lead_id
    left join identified on episodes.household_key = identified.household_key
    inner join {{ ref('int_lead_due_dates') }} as due
        on
            episodes.opened_month = due.month
            and left(episodes.town_code, 6) = due.district_code

)

{{ measures('leads where due_on >= ' ~ month_start() ~ ' and due_on <= ' ~ month_end(), {
    'monitoring.verified_on_time_rate': [counted('first_verified_on <= due_on'), counted()],
}) }}
union all
{{ measures(
    'leads where is_recognised'
    ~ ' and recognition_due_on >= ' ~ month_start() ~ ' and recognition_due_on <= ' ~ month_end(),
    {'monitoring.enrolled_on_time_rate': [counted('enrolled_on <= recognition_due_on'), counted()]}
) }}
union all
{{ measures('leads where enrolled_on >= ' ~ year_start() ~ ' and enrolled_on <= ' ~ month_end(), {
    'monitoring.days_to_enrol_mean': [
        'greatest(' ~ dbt.datediff('dispatched_on', 'enrolled_on', 'day') ~ ', 0)', counted(),
    ],
}) }}
