{#- Generated from the contracts by python -m sources.contracts.export: edit those instead. -#}
with source as (

    select * from {{ accepted_rows('agriculture', 'toilet_retrofits') }}

),

renamed as (

    select
        -- who
        head_name_key,
        head_person_key,

        -- where
        town_code,
        division_code,

        -- what
        retrofit_type,
        completed_on,
        inspection_result,
        subsidy,
        usage_status,

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
