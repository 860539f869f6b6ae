{{ config(**month_incremental()) }}

{%- set matched = matched_datasets() | map(attribute=1) | join("', '") %}

with deliveries as (

    select
        deliveries.*,
        case
            when deliveries.dataset in ('{{ matched }}')
                then coalesce(matches.rows_matched, 0)
        end as rows_matched
    from {{ ref('stg_intake__deliveries') }} as deliveries
    left join {{ ref('int_matched_rows') }} as matches
        on
            deliveries.dataset = matches.dataset
            and deliveries.delivery_no = matches.delivery_no
            and deliveries.file_no = matches.file_no
    where deliveries.extract_month = {{ month_start() }}

)

select
    extract_month as month,
    department,
    dataset,
    delivery_no,
    file_no,
    file_name,
    file_sha256,
    received_at,
    is_current,
    cast(rows_in_file as integer) as rows_in_file,
    cast(rows_accepted as integer) as rows_accepted,
    cast(rows_quarantined as integer) as rows_quarantined,
    cast(rows_duplicate as integer) as rows_duplicate,
    cast(rows_superseded as integer) as rows_superseded,
    printed_total_rows,
    cast(rows_matched as integer) as rows_matched,
    cast(rows_accepted - rows_matched as integer) as rows_unmatched,
    rows_in_file = rows_accepted + rows_quarantined + rows_duplicate + rows_superseded as is_balanced
from deliveries
