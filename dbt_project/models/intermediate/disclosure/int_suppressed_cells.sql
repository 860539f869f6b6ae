-- Decides which counts about persons stay out of the open marts: those under the parameter disclosure_min_cell, and as
-- many others as it takes that none follows from a total (semantics, what every reader may open). Without a value of
-- the parameter nothing is shown.
with cells as (

    select
        cells.*,
        smallest.value as k,
        case
            when smallest.value is null then '没有有效的参数disclosure_min_cell,不公布'
            else concat('少于', cast(cast(smallest.value as integer) as {{ dbt.type_string() }}), ',不公布')
        end as reason
    from {{ ref('int_open_cells') }} as cells
    left join {{ ref('int_parameter_values') }} as smallest
        on
            cells.month = smallest.month
            and left(cells.division_code, 6) = smallest.division_code
            and smallest.parameter = 'disclosure_min_cell'

),

primaries as (

    select
        *,
        k is null
        or coalesce({{ is_small('n') }}, false)
        or coalesce({{ is_small('d') }}, false)
        or coalesce({{ is_small('rest') }}, false) as is_primary
    from cells

),

-- Step 1: each town over its villages. A town that is primary itself shows no sum of them.
villages as (

    select
        villages.*,
        villages.is_primary as is_suppressed,
        coalesce(towns.is_primary, false) as is_of_primary
    from primaries as villages
    left join primaries as towns
        on
            villages.month = towns.month
            and villages.figure = towns.figure
            and villages.parent_code = towns.division_code
    where villages.is_village

),

hidden_villages as (

    {{ complementary_suppression('villages') }}

),

-- Step 2: the district over its towns. A town goes too if all its villages do not suffice.
towns as (

    select
        *,
        is_primary or (month, figure, division_code) in (
            select
                month,
                figure,
                parent_code
            from hidden_villages
            where is_open
        ) as is_suppressed
    from primaries
    where not is_village

),

hidden_towns as (

    {{ complementary_suppression('towns') }}

),

-- Step 3: a suppressed town must not follow from its villages, so one of them goes with it.
decided_villages as (

    select
        *,
        case when is_of_primary then is_primary else is_hidden end as is_decided,
        row_number() over (partition by month, figure, parent_code order by is_empty, size, n, division_code) as nth
    from hidden_villages

)

select
    month,
    figure,
    division_code,
    is_hidden as is_suppressed,
    reason
from hidden_towns

union all

select
    month,
    figure,
    division_code,
    is_decided
    or (
        nth = 1
        and (month, figure, parent_code) in (
            select
                month,
                figure,
                division_code
            from hidden_towns
            where is_hidden
        )
        and count(*) filter (where is_decided) over (partition by month, figure, parent_code) = 0
    ) as is_suppressed,
    reason
from decided_villages
