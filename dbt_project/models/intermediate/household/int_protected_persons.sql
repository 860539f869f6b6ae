-- Covers this month and the one before: CIV-01 compares them.
select
    'subsistence_allowance' as dataset,
    person_key,
    town_code,
    division_code,
    extract_month,
    row_ref
from {{ ref('stg_civil_affairs__subsistence_allowance') }}
where
    extract_month in ({{ month_start(-1) }}, {{ month_start() }})
    and change_type <> '停发'

union all

select
    'extreme_poverty_support' as dataset,
    person_key,
    town_code,
    division_code,
    extract_month,
    row_ref
from {{ ref('stg_civil_affairs__extreme_poverty_support') }}
where extract_month in ({{ month_start(-1) }}, {{ month_start() }})
