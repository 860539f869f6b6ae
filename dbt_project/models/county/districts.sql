select
    district_code,
    district_name
from {{ accepted_rows('reference', 'districts') }}
