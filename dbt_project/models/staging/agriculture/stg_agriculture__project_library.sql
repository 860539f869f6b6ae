{#- Generated from the contracts by python -m sources.contracts.export: edit those instead. -#}
with source as (

    select * from {{ accepted_rows('agriculture', 'project_library') }}

),

renamed as (

    select
        -- where
        town_code,
        division_code,

        -- what
        project_no,
        project_name,
        forms_asset,
        project_class,
        listed_on,
        approved_on,
        started_on,
        completed_on,
        accepted_on,
        removed_on,
        planned,
        arrived,
        spent,
        fund_document_no,
        beneficiary_households,
        has_performance_target,

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
