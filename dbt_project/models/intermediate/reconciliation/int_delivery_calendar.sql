{{ config(**month_incremental()) }}

-- Lists the tables that were due for the month and their arrival, and keeps every month that ran. A table is received
-- with its first file, even if the gate rejected it. Nobody owes a table of expected_from first_delivery before the
-- first month for which it was received.
with received as (

    select
        dataset,
        cast(min(received_at) as date) as received_on,
        count(*) filter (where is_in_force) > 0 as is_accepted
    from {{ ref('stg_intake__deliveries') }}
    where extract_month = {{ month_start() }}
    group by dataset

),

begun as (

    select distinct dataset
    from {{ ref('stg_intake__deliveries') }}
    where extract_month <= {{ month_start() }}

),

planned as (

    select
        datasets.department,
        datasets.dataset,
        datasets.label_zh,
        case datasets.cadence
            when 'monthly' then true
            when 'quarterly' then extract(month from {{ month_start() }}) in (3, 6, 9, 12)
            else extract(month from {{ month_start() }}) = 12
        end
        and (
            coalesce(datasets.expected_from, '') <> 'first_delivery'
            or datasets.dataset in (select begun.dataset from begun)
        ) as is_scheduled,
        cast({{ dbt.dateadd('day', 'due_days.due_day - 1', month_start(1)) }} as date) as due_on
    from {{ ref('datasets') }} as datasets
    inner join {{ ref('due_days') }} as due_days on datasets.department = due_days.department

)

select
    {{ month_start() }} as month,
    planned.department,
    planned.dataset,
    planned.label_zh,
    planned.is_scheduled or received.dataset is not null as is_expected,
    planned.due_on,
    received.received_on,
    case
        when received.received_on <= planned.due_on then 'on_time'
        when received.received_on > planned.due_on then 'late'
        when planned.is_scheduled then 'missing'
        else 'not_due'
    end as standing,
    coalesce(received.is_accepted, false) as is_accepted
from planned
left join received on planned.dataset = received.dataset
