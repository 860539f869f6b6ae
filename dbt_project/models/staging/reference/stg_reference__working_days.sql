with source as (

    select * from {{ accepted_rows('reference', 'working_days') }}

),

renamed as (

    select
        day,
        is_working_day,
        source as known_from
    from source

)

select * from renamed
