-- Computes the due day of each month's leads: a number of working days after they are sent out.
with working_days as (

    select
        day,
        row_number() over (order by day) as day_number
    from {{ ref('stg_reference__working_days') }}
    where is_working_day

)

select
    months.month,
    allowed.division_code as district_code,
    due.day as due_on
from {{ ref('dim_month') }} as months
inner join {{ ref('int_parameter_values') }} as allowed
    on
        months.month = allowed.month
        and allowed.parameter = 'lead_verification_working_days'
inner join {{ ref('districts') }} as districts on allowed.division_code = districts.district_code
inner join working_days as dispatched on months.dispatched_on = dispatched.day
inner join working_days as due on dispatched.day_number + cast(allowed.value as integer) = due.day_number
