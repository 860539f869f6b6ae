-- Computes the two due days of each month's leads: to verify them, a number of working days after they are sent out,
-- and to enrol the household, a number of calendar days. Null without a valid parameter.
with working_days as (

    select
        day,
        row_number() over (order by day) as day_number
    from {{ ref('stg_reference__working_days') }}
    where is_working_day

),

allowed as (

    select
        months.month,
        months.dispatched_on,
        districts.district_code,
        max(known.value) filter (where known.parameter = 'lead_verification_working_days') as working_days,
        max(known.value) filter (where known.parameter = 'recognition_days') as recognition_days
    from {{ ref('dim_month') }} as months
    cross join {{ ref('districts') }} as districts
    left join {{ ref('int_parameter_values') }} as known
        on
            months.month = known.month
            and districts.district_code = known.division_code
    group by months.month, months.dispatched_on, districts.district_code

)

select
    allowed.month,
    allowed.district_code,
    allowed.dispatched_on,
    due.day as due_on,
    cast({{ dbt.dateadd('day', 'cast(allowed.recognition_days as integer)', 'allowed.dispatched_on') }} as date)
        as recognition_due_on
from allowed
left join working_days as dispatched on allowed.dispatched_on = dispatched.day
left join working_days as due on dispatched.day_number + cast(allowed.working_days as integer) = due.day_number
