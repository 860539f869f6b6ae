-- Flagged months by episode: screened months that follow one another keep the same distance between the number of the
-- screened month and the number of the flagged one.
with numbered as (

    select
        flagged.month,
        flagged.household_key,
        flagged.division_code,
        flagged.town_code,
        flagged.rule_code,
        screened.month_number - row_number() over (
            partition by flagged.household_key, flagged.rule_code order by flagged.month
        ) as episode
    from {{ ref('int_flagged_months') }} as flagged
    inner join {{ ref('int_screened_months') }} as screened
        on
            flagged.rule_code = screened.rule_code
            and flagged.month = screened.month

)

select
    month,
    household_key,
    division_code,
    town_code,
    rule_code,
    min(month) over (partition by household_key, rule_code, episode) as first_flagged_month,
    cast(row_number() over (
        partition by household_key, rule_code, episode order by month
    ) as integer) as months_flagged
from numbered
