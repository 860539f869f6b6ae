{#- A table: several nodes read it, some twice, and each would open the small files of all months again. -#}
{{ config(materialized='table') }}

with source as (

    select * from {{ accepted_rows('intake', 'deliveries') }}

),

renamed as (

    select
        -- the file
        extract_month,
        department,
        dataset,
        delivery_no,
        file_no,
        file_name,
        file_sha256,
        received_at,

        -- its outcome
        is_in_force,
        is_current,
        rows_in_file,
        rows_accepted,
        rows_quarantined,
        rows_duplicate,
        rows_superseded,
        printed_total_rows
    from source

)

select * from renamed
