{{ config(**month_incremental()) }}

{%- set entries = ['newly_identified', 'returned', 'moved_in'] %}
{%- set exits = ['eliminated', 'left_register', 'moved_out'] %}
{%- set size = "case bases.base when 'households' then 1 else counted.persons end" %}

-- Counts opening and closing from the households of the two months, and the movements from each household's change. A
-- household that one of them lost thus breaks the balance. Months that cannot be compared have no rows.
with comparable as (

    select count(*) = 4 as is_comparable
    from {{ ref('int_accepted_datasets') }}
    where
        dataset in ('household_register', 'monitored_households')
        and month in ({{ month_start(-1) }}, {{ month_start() }})
        -- The living members of the month before come from its own run.
        and {{ month_start(-1) }} in (select month from {{ ref('dim_month') }})

),

bases as (

    select 'households' as base
    union all
    select 'persons' as base

),

places as (

    select
        towns.division_code as town_code,
        categories.monitoring_category
    from {{ ref('int_divisions') }} as towns
    cross join {{ ref('int_categories') }} as categories
    cross join comparable
    where
        towns.kind in ('town', 'street')
        and comparable.is_comparable

),

counted as (

    select
        town_code,
        monitoring_category,
        'closing' as entry,
        living_members as persons,
        0 as size_change
    from {{ ref('household_month') }}
    where
        month = {{ month_start() }}
        and monitoring_category is not null

    union all

    select
        town_code,
        monitoring_category,
        'opening' as entry,
        living_members as persons,
        0 as size_change
    from {{ ref('int_monitored_before') }}

    union all

    select
        town_code,
        monitoring_category,
        movement as entry,
        persons,
        size_change
    from {{ ref('int_monitored_movements') }}

),

summed as (

    select
        places.town_code,
        places.monitoring_category,
        bases.base,
        {% for entry in ['opening', 'closing'] + entries + exits %}
        cast(coalesce(sum({{ size }}) filter (where counted.entry = '{{ entry }}'), 0) as integer) as {{ entry }},
        {% endfor %}
        cast(coalesce(sum(counted.size_change) filter (where bases.base = 'persons'), 0) as integer) as size_change
    from places
    cross join bases
    left join counted
        on
            places.town_code = counted.town_code
            and places.monitoring_category = counted.monitoring_category
    group by places.town_code, places.monitoring_category, bases.base

)

select
    {{ month_start() }} as month,
    town_code,
    monitoring_category,
    base,
    opening,
    newly_identified,
    returned,
    moved_in,
    eliminated,
    left_register,
    moved_out,
    size_change,
    closing,
    opening + {{ entries | join(' + ') }} - {{ exits | join(' - ') }} + size_change = closing as is_balanced
from summed
