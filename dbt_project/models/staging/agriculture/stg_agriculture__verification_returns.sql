{#- Generated from the contracts by python -m sources.contracts.export: edit those instead. -#}
with source as (

    select * from {{ accepted_rows('agriculture', 'verification_returns') }}

),

renamed as (

    select
        -- what
        lead_id,
        result,
        is_enrolled,
        verified_on,
        enrolled_on,

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
