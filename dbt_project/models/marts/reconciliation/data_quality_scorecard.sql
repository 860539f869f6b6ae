{{ config(**month_incremental()) }}

{%- set rates = ['on_time_rate', 'acceptance_rate', 'match_rate', 'stability_rate'] %}

with punctuality as (

    select
        department,
        count(*) as datasets_expected,
        count(*) filter (where standing <> 'missing') as datasets_delivered,
        count(*) filter (where standing = 'on_time') as datasets_on_time,
        count(*) filter (where is_accepted) as datasets_accepted
    from {{ ref('int_delivery_calendar') }}
    where
        month = {{ month_start() }}
        and is_expected
    group by department

),

files as (

    select
        department,
        sum(rows_accepted) as rows_accepted,
        sum(rows_in_file) as rows_in_file,
        sum(rows_matched) as rows_matched,
        sum(rows_matched + rows_unmatched) as rows_to_match
    from {{ ref('reconciliation_deliveries') }}
    where
        month = {{ month_start() }}
        and is_current
    group by department

),

stability as (

    select
        department,
        count(*) filter (where is_stable) as snapshots_stable,
        count(is_stable) as snapshots_compared
    from {{ ref('int_snapshot_changes') }}
    group by department

),

rated as (

    select
        punctuality.department,
        punctuality.datasets_expected,
        punctuality.datasets_delivered,
        punctuality.datasets_accepted,
        {{ share('punctuality.datasets_on_time', 'punctuality.datasets_expected') }} as on_time_rate,
        {{ share('files.rows_accepted', 'files.rows_in_file') }} as acceptance_rate,
        {{ share('files.rows_matched', 'files.rows_to_match') }} as match_rate,
        {{ share('stability.snapshots_stable', 'stability.snapshots_compared') }} as stability_rate
    from punctuality
    left join files on punctuality.department = files.department
    left join stability on punctuality.department = stability.department

),

scored as (

    select
        *,
        100 * (
            {% for rate in rates %}
            coalesce({{ rate }}, 0) {{ '+' if not loop.last }}
            {% endfor %}
        ) / (
            {% for rate in rates %}
            case when {{ rate }} is null then 0 else 1 end {{ '+' if not loop.last }}
            {% endfor %}
        ) * datasets_accepted / datasets_expected as score
    from rated

)

select
    {{ month_start() }} as month,
    department,
    cast(datasets_expected as integer) as datasets_expected,
    cast(datasets_delivered as integer) as datasets_delivered,
    {{ rates | join(',\n    ') }},
    score,
    -- Scores share a rank if they differ by the rounding of doubles only.
    cast(
        rank() over (order by datasets_accepted = datasets_expected desc, round(score, 9) desc) as integer
    ) as rank,
    cast(datasets_accepted as integer) as datasets_accepted,
    cast(datasets_delivered - datasets_accepted as integer) as datasets_rejected
from scored
