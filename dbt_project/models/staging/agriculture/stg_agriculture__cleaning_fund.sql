{#- Generated from the contracts by python -m sources.contracts.export: edit those instead. -#}
with source as (

    select * from {{ accepted_rows('agriculture', 'cleaning_fund') }}

),

renamed as (

    select
        -- where
        town_code,
        division_code,

        -- what
        registered_population,
        villagers_raised,
        town_paid,
        district_paid,
        cleaning_campaigns,

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
