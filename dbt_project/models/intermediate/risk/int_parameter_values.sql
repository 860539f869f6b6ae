-- Picks the value of every parameter in the district and in each town, for every month that ran: the row that is valid
-- on the month's last day, with the longest division prefix.
with divisions as (

    select distinct division_code
    from {{ ref('dim_division') }}
    where level in ('district', 'town')

),

months as (

    select
        month,
        last_day(month) as last_day_of_month
    from {{ ref('dim_month') }}

),

parameters as (

    select
        parameter,
        coalesce(division_prefix, '') as division_prefix,
        valid_from,
        valid_to,
        value
    from {{ ref('policy_parameters') }}

)

select
    months.month,
    divisions.division_code,
    parameters.parameter,
    parameters.value
from months
cross join divisions
inner join parameters
    on
        left(divisions.division_code, length(parameters.division_prefix)) = parameters.division_prefix
        and months.last_day_of_month >= parameters.valid_from
        and (parameters.valid_to is null or months.last_day_of_month < parameters.valid_to)
qualify row_number() over (
    partition by months.month, divisions.division_code, parameters.parameter
    order by length(parameters.division_prefix) desc, parameters.valid_from desc
) = 1
