-- Takes the newest vintage that begins by the month's last day. Months before every vintage take the oldest one.
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
