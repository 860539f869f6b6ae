-- Villages and communities of the month: the divisions that denominators count. Virtual ones are none.
select
    division_code,
    parent_code as town_code,
    kind = 'village' as is_administrative_village
from {{ ref('int_divisions') }}
where
    level = 'village'
    and kind <> 'virtual'
