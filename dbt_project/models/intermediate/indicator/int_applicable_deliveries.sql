-- Picks the delivery of each table that counts for the month. A monthly table counts in its own month only, a
-- quarterly or annual one with its newest delivery of three or twelve months.
with newest as (

    select
        dataset,
        max(month) as month
    from {{ ref('int_accepted_datasets') }}
    where month <= {{ month_start() }}
    group by dataset

),

dated as (

    select
        datasets.dataset,
        datasets.label_zh,
        datasets.cadence,
        newest.month as newest_month,
        case datasets.cadence
            when 'monthly' then {{ month_start() }}
            when 'quarterly' then {{ month_start(-2) }}
            when 'annual' then {{ month_start(-11) }}
        end as oldest_month
    from {{ ref('datasets') }} as datasets
    left join newest on datasets.dataset = newest.dataset

),

judged as (

    select
        *,
        case
            when newest_month >= oldest_month then 'counted'
            when newest_month is null or cadence = 'monthly' then 'missing'
            else 'stale'
        end as standing,
        concat(
            case when oldest_month < {{ month_start() }} then concat({{ year_month('oldest_month') }}, '至') else '' end,
            '{{ month_text() }}'
        ) as wanted_months
    from dated

)

select
    dataset,
    standing,
    case when standing = 'counted' then newest_month end as source_month,
    case standing
        when 'missing' then concat('缺少', label_zh, '(', wanted_months, ')')
        when 'stale' then concat(label_zh, '(', {{ year_month('newest_month') }}, ')已过期,应有', wanted_months, '的数据')
    end as reason
from judged
