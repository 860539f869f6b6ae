{#- Generated from the contracts by python -m sources.contracts.export: edit those instead. -#}
with source as (

    select * from {{ accepted_rows('agriculture', 'household_income') }}

),

renamed as (

    select
        -- who
        household_key,

        -- what
        wage_income,
        operating_income,
        property_income,
        transfer_income,
        operating_expense,
        education_self_paid,
        other_rigid_expense,

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
