-- Lists the villages and communities of the month that denominators count. Virtual divisions do not count.
select
    division_code,
    parent_code as town_code,
    kind = 'village' as is_administrative_village
from {{ ref('int_divisions') }}
where
    level = 'village'
    and kind <> 'virtual'
