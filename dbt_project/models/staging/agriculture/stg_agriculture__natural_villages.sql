{#- Generated from the contracts by python -m sources.contracts.export: edit those instead. -#}
with source as (

    select * from {{ accepted_rows('agriculture', 'natural_villages') }}

),

renamed as (

    select
        -- where
        town_code,
        division_code,

        -- what
        natural_village_code,
        registered_households,
        registered_population,
        households_needing_toilet,
        households_with_sanitary_toilet,
        has_sewage_separation,
        sewage_tanks,
        is_sewage_treated,
        sewage_running_status,
        waste_points,
        demonstration_waste_points,
        has_piped_water,
        design_no,
        is_built_to_design,
        is_county_managed_water,
        water_supply_type,
        water_quality_passed,
        black_odorous_waters,
        black_odorous_treated,

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
