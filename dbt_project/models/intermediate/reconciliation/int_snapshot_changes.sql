-- Compares the full states of the month with the newest accepted ones before: their rows, and if these changed within
-- the band that raises no warning. A state without rows has no change in per cent.
with accepted as (

    select
        deliveries.department,
        deliveries.dataset,
        deliveries.extract_month as month,
        sum(deliveries.rows_accepted) as accepted_rows
    from {{ ref('stg_intake__deliveries') }} as deliveries
    inner join {{ ref('datasets') }} as datasets on deliveries.dataset = datasets.dataset
    where
        datasets.extract_mode = 'snapshot'
        and deliveries.is_in_force
        and deliveries.extract_month <= {{ month_start() }}
    group by deliveries.department, deliveries.dataset, deliveries.extract_month

),

before as (

    select * from accepted
    where month < {{ month_start() }}
    qualify row_number() over (partition by dataset order by month desc) = 1

)

select
    accepted.department,
    accepted.dataset,
    before.month as compared_month,
    before.accepted_rows as rows_before,
    accepted.accepted_rows,
    abs(accepted.accepted_rows - before.accepted_rows) * 100
    <= {{ district_parameter('row_count_change_warn_pct') }} * before.accepted_rows as is_stable
from accepted
inner join before on accepted.dataset = before.dataset
where
    accepted.month = {{ month_start() }}
    and before.accepted_rows > 0
