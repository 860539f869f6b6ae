{#- Generated from the contracts by python -m sources.contracts.export: edit those instead. -#}
with source as (

    select * from {{ accepted_rows('civil_affairs', 'low_income_edge') }}

),

renamed as (

    select
        -- who
        head_name_key,
        head_person_key,
        name_key,
        person_key,
        id_birth_month,
        id_sex,

        -- where
        town_code,
        division_code,

        -- what
        recognised_on,
        valid_until,
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
