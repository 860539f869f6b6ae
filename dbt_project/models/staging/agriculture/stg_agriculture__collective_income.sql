{#- Generated from the contracts by python -m sources.contracts.export: edit those instead. -#}
with source as (

    select * from {{ accepted_rows('agriculture', 'collective_income') }}

),

renamed as (

    select
        -- where
        town_code,
        division_code,

        -- what
        income_year,
        total_income,
        rental_income,
        land_contract_income,

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
