{#- Generated from the contracts by python -m sources.contracts.export: edit those instead. -#}
with source as (

    select * from {{ accepted_rows('human_resources', 'job_support_activities') }}

),

renamed as (

    select
        -- where
        town_code,

        -- what
        activity_no,
        activity_type,
        held_on,
        attendances,

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
