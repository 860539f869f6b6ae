{{ config(**month_incremental()) }}

with numbered as (

    select
        conflicts.*,
        episodes.first_seen_month,
        {{ conflict_id('conflicts.rule_code', 'conflicts.subject', 'episodes.first_seen_month') }} as conflict_id,
        -- A subject without a place counts for the district.
        left(coalesce(conflicts.town_code, districts.district_code), 6) as district_code
    from {{ ref('int_conflicts') }} as conflicts
    cross join {{ ref('districts') }} as districts
    inner join {{ ref('int_conflict_episodes') }} as episodes
        on
            conflicts.rule_code = episodes.rule_code
            and conflicts.subject = episodes.subject

)

select
    {{ month_start() }} as month,
    numbered.conflict_id,
    numbered.rule_code,
    numbered.person_key,
    numbered.household_key,
    numbered.division_code,
    numbered.town_code,
    case when numbered.about not in ('person', 'household') then numbered.subject end as subject,
    numbered.detail,
    numbered.answering_department,
    numbered.first_seen_month,
    numbered.first_seen_month = {{ month_start() }} as is_new,
    due.due_on
from numbered
left join {{ ref('int_lead_due_dates') }} as due
    on
        numbered.first_seen_month = due.month
        and numbered.district_code = due.district_code
