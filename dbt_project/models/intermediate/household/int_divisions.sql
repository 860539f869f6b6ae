-- The divisions of the month: of the newest vintage not after its last day, or of the oldest one.
select
    division_code,
    level,
    name,
    parent_code,
    kind
from {{ ref('dim_division') }}
qualify
    rank() over (
        order by
            case when valid_from <= {{ month_end() }} then 0 else 1 end,
            case when valid_from <= {{ month_end() }} then valid_from end desc nulls last,
            valid_from
    ) = 1
