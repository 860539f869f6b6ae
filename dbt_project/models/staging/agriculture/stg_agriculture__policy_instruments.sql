{#- Generated from the contracts by python -m sources.contracts.export: edit those instead. -#}
with source as (

    select * from {{ accepted_rows('agriculture', 'policy_instruments') }}

),

renamed as (

    select
        -- what
        instrument_no,
        title,
        document_no,
        issuer,
        subject,
        form,
        issuing_level,
        issued_on,
        effective_on,
        expires_on,
        replaces,

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
