{#- Generated from the contracts by python -m sources.contracts.export: edit those instead. -#}
with source as (

    select * from {{ accepted_rows('civil_affairs', 'issue_cases') }}

),

renamed as (

    select
        -- where
        town_code,
        division_code,

        -- what
        case_no,
        case_type,
        source,
        received_on,
        due_on,
        status,
        closed_on,
        outcome,

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
