{{ config(**month_incremental()) }}

select
    flags.month,
    flags.household_key,
    flags.division_code,
    flags.town_code,
    flags.rule_code,
    rules.kind,
    flags.measure,
    flags.threshold,
    flags.persons,
    flags.evidence,
    episodes.first_flagged_month,
    episodes.months_flagged,
    episodes.first_flagged_month = flags.month as is_new,
    {{ lead_id('flags.household_key', 'flags.rule_code', 'episodes.first_flagged_month') }} as lead_id
from {{ ref('int_risk_flags') }} as flags
inner join {{ ref('risk_rule_catalogue') }} as rules on flags.rule_code = rules.rule_code
inner join {{ ref('int_flag_episodes') }} as episodes
    on
        flags.household_key = episodes.household_key
        and flags.rule_code = episodes.rule_code
        and flags.month = episodes.month
