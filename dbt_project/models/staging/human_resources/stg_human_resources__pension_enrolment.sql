{#- Generated from the contracts by python -m sources.contracts.export: edit those instead. -#}
with source as (

    select * from {{ accepted_rows('human_resources', 'pension_enrolment') }}

),

renamed as (

    select
        -- who
        name_key,
        person_key,
        id_birth_month,
        id_sex,

        -- what
        enrolment_status,
        benefit_status,
        monthly_pension,

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
