-- Groups flagged months into episodes. A month without the flag bridges an episode unless the rule was screened in the
-- town of the last flag. A flag after a screened month opens a new episode.
with screened as (

    select
        rule_code,
        town_code,
        month,
        lead(month) over (partition by rule_code, town_code order by month) as next_month
    from {{ ref('int_screened_towns') }}

),

flagged as (

    select
        flags.month,
        flags.household_key,
        flags.division_code,
        flags.town_code,
        flags.rule_code,
        screened.next_month as next_screened_month,
        lag(screened.next_month) over (
            partition by flags.household_key, flags.rule_code order by flags.month
        ) < flags.month as is_opening
    from {{ ref('int_flagged_months') }} as flags
    inner join screened
        on
            flags.rule_code = screened.rule_code
            and flags.town_code = screened.town_code
            and flags.month = screened.month
    -- A rule that the county has deleted leaves no lead of a month that has not run again since.
    inner join {{ ref('risk_rule_catalogue') }} as rules on flags.rule_code = rules.rule_code

),

numbered as (

    select
        *,
        sum(case when is_opening then 1 else 0 end) over (
            partition by household_key, rule_code order by month
        ) as episode
    from flagged

)

select
    month,
    household_key,
    division_code,
    town_code,
    rule_code,
    next_screened_month,
    min(month) over (partition by household_key, rule_code, episode) as first_flagged_month,
    cast(row_number() over (
        partition by household_key, rule_code, episode order by month
    ) as integer) as months_flagged
from numbered
