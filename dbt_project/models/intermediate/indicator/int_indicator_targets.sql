-- Picks the target of each indicator in each division: valid on the month's last day, with the longest division
-- prefix.
select
    targets.indicator_code,
    divisions.division_code,
    targets.target
from {{ ref('indicator_targets') }} as targets
inner join {{ ref('int_divisions') }} as divisions
    on
        left(divisions.division_code, length(coalesce(targets.division_prefix, '')))
        = coalesce(targets.division_prefix, '')
where
    targets.valid_from <= {{ month_end() }}
    and (targets.valid_to is null or targets.valid_to > {{ month_end() }})
qualify row_number() over (
    partition by targets.indicator_code, divisions.division_code
    order by length(coalesce(targets.division_prefix, '')) desc, targets.valid_from desc
) = 1
