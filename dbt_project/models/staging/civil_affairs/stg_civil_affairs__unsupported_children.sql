{#- Generated from the contracts by python -m sources.contracts.export: edit those instead. -#}
with source as (

    select * from {{ accepted_rows('civil_affairs', 'unsupported_children') }}

),

renamed as (

    select
        -- who
        name_key,
        person_key,
        id_birth_month,
        id_sex,
        guardian_name_key,

        -- where
        town_code,
        division_code,

        -- what
        child_category,
        monthly_amount,
        recognised_on,
        change_type,

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
