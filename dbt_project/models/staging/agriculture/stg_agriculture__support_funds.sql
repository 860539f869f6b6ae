{#- Generated from the contracts by python -m sources.contracts.export: edit those instead. -#}
with source as (

    select * from {{ accepted_rows('agriculture', 'support_funds') }}

),

renamed as (

    select
        -- what
        document_no,
        fund_year,
        fund_level,
        allocated,
        spent,
        fund_purpose,
        industry_allocated,

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
