-- Lists the categories of monitored households in the month's scheme: those valid on its last day. Months before the
-- catalogue read its first day.
with days as (

    select greatest({{ month_end() }}, min(valid_from)) as day
    from {{ ref('category_schemes') }}

)

select
    schemes.code,
    schemes.name_zh as monitoring_category,
    schemes.role
from {{ ref('category_schemes') }} as schemes
cross join days
where
    schemes.valid_from <= days.day
    and (schemes.valid_to is null or days.day < schemes.valid_to)
