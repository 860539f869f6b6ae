{{ config(alias='town_assessment') }}

-- The assessment for every reader. It scores on true values; unrounded, a score would give away the one value that is
-- suppressed in its town.
select
    month,
    town_code,
    indicators_scored,
    round(score, 1) as score,
    rank,
    weakest_indicator
from {{ ref('town_assessment') }}
