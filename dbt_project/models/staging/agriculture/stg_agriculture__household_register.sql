{#- Generated from the contracts by python -m sources.contracts.export: edit those instead. -#}
with source as (

    select * from {{ accepted_rows('agriculture', 'household_register') }}

),

renamed as (

    select
        -- who
        household_key,
        name_key,
        person_key,
        id_birth_month,
        id_sex,

        -- where
        town_code,
        division_code,

        -- what
        relation_to_head,
        household_type,
        labour_ability,
        schooling_status,
        housing_grade,
        has_safe_water,
        policy_status,

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
