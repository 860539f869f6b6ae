{#- Generated from the contracts by python -m sources.contracts.export: edit those instead. -#}
with source as (

    select * from {{ accepted_rows('civil_affairs', 'archives') }}

),

renamed as (

    select
        -- where
        town_code,
        division_code,

        -- what
        archive_no,
        archive_level,
        volumes_due,
        volumes_filed,
        handed_over_on,

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
