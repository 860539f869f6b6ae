select
    vintage_cutoff,
    town_code,
    town_name,
    village_code,
    village_name,
    kind
from {{ accepted_rows('reference', 'division_vintages') }}
