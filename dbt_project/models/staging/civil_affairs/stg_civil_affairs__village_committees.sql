{#- Generated from the contracts by python -m sources.contracts.export: edit those instead. -#}
with source as (

    select * from {{ accepted_rows('civil_affairs', 'village_committees') }}

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
        sex,
        birth_month,
        education,
        is_party_secretary,
        is_committee_director,
        is_collective_head,
        is_cross_serving,
        term,

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
