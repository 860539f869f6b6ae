{#- Generated from the contracts by python -m sources.contracts.export: edit those instead. -#}
with source as (

    select * from {{ accepted_rows('agriculture', 'industry_support_payments') }}

),

renamed as (

    select
        -- who
        household_key,

        -- what
        payment_no,
        payment_type,
        amount,
        paid_on,
        asset_no,
        dividend_year,

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
