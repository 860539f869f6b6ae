{#- Generated from the contracts by python -m sources.contracts.export: edit those instead. -#}
with source as (

    select * from {{ accepted_rows('agriculture', 'joint_meetings') }}

),

renamed as (

    select
        -- what
        meeting_no,
        meeting_type,
        held_on,
        departments_attended,
        agenda_items,
        compared_data,
        decisions,
        decisions_closed,

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
