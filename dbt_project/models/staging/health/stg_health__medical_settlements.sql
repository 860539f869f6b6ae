{#- Generated from the contracts by python -m sources.contracts.export: edit those instead. -#}
with source as (

    select * from {{ accepted_rows('health', 'medical_settlements') }}

),

renamed as (

    select
        -- who
        name_key,
        person_key,
        id_birth_month,
        id_sex,

        -- what
        settlement_no,
        care_type,
        admitted_on,
        settled_on,
        total_cost,
        basic_insurance_paid,
        serious_illness_paid,
        medical_aid_paid,
        self_paid,
        is_reversal,

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
