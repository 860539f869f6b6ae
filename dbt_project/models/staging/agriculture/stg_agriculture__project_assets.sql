{#- Generated from the contracts by python -m sources.contracts.export: edit those instead. -#}
with source as (

    select * from {{ accepted_rows('agriculture', 'project_assets') }}

),

renamed as (

    select
        -- where
        town_code,
        division_code,

        -- what
        asset_no,
        asset_name,
        asset_class,
        implementation_level,
        original_value,
        owner,
        has_beneficiary,
        is_registered,
        is_title_confirmed,
        asset_status,
        project_no,
        fund_document_no,
        published_on,
        annual_dividend,
        dividend_from_year,

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
