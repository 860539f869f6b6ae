{#- Generated from the contracts by python -m sources.contracts.export: edit those instead. -#}
with source as (

    select * from {{ accepted_rows('agriculture', 'village_infrastructure') }}

),

renamed as (

    select
        -- where
        town_code,
        division_code,

        -- what
        has_bus,
        has_4g,
        base_stations_4g,
        has_service_platform,
        is_on_social_security_system,
        transfer_stations,
        plan_status,
        plan_approved_on,
        has_5g,
        base_stations_5g,

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
