{#- Generated from the contracts by python -m sources.contracts.export: edit those instead. -#}
with source as (

    select * from {{ accepted_rows('civil_affairs', 'party_membership') }}

),

renamed as (

    select
        -- where
        town_code,

        -- what
        member_scope,
        members,
        bachelor_or_above,
        postgraduate,
        aged_35_or_below,

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
