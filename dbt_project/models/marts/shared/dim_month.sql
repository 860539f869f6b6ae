with months as (

    select distinct month
    from {{ ref('household_month') }}

),

dispatched as (

    select
        months.month,
        min(calendar.day) as dispatched_on
    from months
    left join {{ ref('stg_reference__working_days') }} as calendar
        on
            calendar.is_working_day
            -- the 5th of the next month
            and calendar.day >= {{ dbt.dateadd('day', 5, 'last_day(months.month)') }}
    group by months.month

)

select
    month,
    cast(extract(year from month) as integer) as year,
    cast(extract(quarter from month) as integer) as quarter,
    concat(
        cast(extract(year from month) as {{ dbt.type_string() }}), '年',
        cast(extract(month from month) as {{ dbt.type_string() }}), '月'
    ) as label_zh,
    dispatched_on,
    month < max(month) over () as is_closed
from dispatched
