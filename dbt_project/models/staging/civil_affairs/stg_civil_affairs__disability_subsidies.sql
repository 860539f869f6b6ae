{#- Generated from the contracts by python -m sources.contracts.export: edit those instead. -#}
with source as (

    select * from {{ accepted_rows('civil_affairs', 'disability_subsidies') }}

),

renamed as (

    select
        -- who
        name_key,
        person_key,
        id_birth_month,
        id_sex,

        -- where
        town_code,
        division_code,

        -- what
        certificate_category,
        certificate_grade,
        disability_category,
        disability_grade,
        living_subsidy,
        nursing_subsidy,
        certified_on,

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
