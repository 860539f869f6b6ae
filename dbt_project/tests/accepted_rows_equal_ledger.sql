-- Compares the hand-over: every table and month has as many accepted rows as the delivery ledger has in force.
{{ config(meta={'dagster': {'ref': {'name': 'stg_intake__deliveries'}}}) }}

with landed as (

    select
        -- …/accepted/<department>/<dataset>/month=…/rows.parquet
        split_part(filename, '/', -4) as department,
        split_part(filename, '/', -3) as dataset,
        extract_month,
        count(*) as landed_rows
    from {{ accepted_rows('intake', 'accepted_rows') }}
    group by split_part(filename, '/', -4), split_part(filename, '/', -3), extract_month

),

ledger as (

    select
        department,
        dataset,
        extract_month,
        sum(rows_accepted) as ledger_rows
    from {{ ref('stg_intake__deliveries') }}
    where is_in_force
    group by department, dataset, extract_month

)

select
    coalesce(landed.department, ledger.department) as department,
    coalesce(landed.dataset, ledger.dataset) as dataset,
    coalesce(landed.extract_month, ledger.extract_month) as extract_month,
    landed.landed_rows,
    ledger.ledger_rows
from landed
full outer join ledger
    on
        landed.department = ledger.department
        and landed.dataset = ledger.dataset
        and landed.extract_month = ledger.extract_month
where coalesce(landed.landed_rows, 0) <> coalesce(ledger.ledger_rows, 0)
