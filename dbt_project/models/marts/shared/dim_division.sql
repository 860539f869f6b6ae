with cutoffs as (

    select
        vintage_cutoff as valid_from,
        lead(vintage_cutoff) over (order by vintage_cutoff) as valid_to
    from (select distinct vintage_cutoff from {{ ref('division_vintages') }}) as vintages

),

divisions as (

    select
        village_code as division_code,
        'village' as level,
        village_name as name,
        town_code as parent_code,
        kind,
        vintage_cutoff
    from {{ ref('division_vintages') }}

    union all

    select
        town_code as division_code,
        'town' as level,
        town_name as name,
        left(town_code, 6) as parent_code,
        case
            when count(*) filter (where kind <> 'virtual') = 0 then 'virtual'
            when {{ is_street('town_code', 'town_name') }} then 'street'
            else 'town'
        end as kind,
        vintage_cutoff
    from {{ ref('division_vintages') }}
    group by town_code, town_name, vintage_cutoff

    union all

    select
        districts.district_code as division_code,
        'district' as level,
        districts.district_name as name,
        null as parent_code,
        null as kind,
        cutoffs.valid_from as vintage_cutoff
    from {{ ref('districts') }} as districts
    cross join cutoffs

)

select
    divisions.division_code,
    divisions.level,
    divisions.name,
    divisions.parent_code,
    divisions.kind,
    cutoffs.valid_from,
    cutoffs.valid_to
from divisions
inner join cutoffs on divisions.vintage_cutoff = cutoffs.valid_from
