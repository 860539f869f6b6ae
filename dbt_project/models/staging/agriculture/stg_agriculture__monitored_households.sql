{#- Generated from the contracts by python -m sources.contracts.export: edit those instead. -#}
with source as (

    select * from {{ accepted_rows('agriculture', 'monitored_households') }}

),

renamed as (

    select
        -- who
        household_key,

        -- what
        monitoring_category,
        identified_month,
        risk_type,
        is_risk_eliminated,
        eliminated_month,
        elimination_mode,

        -- which delivered row
        extract_month,
        delivery_no,
        file_no,
        sheet_no,
        row_number,
        row_order,
        row_ref
    from source

)

select * from renamed
