-- A flag has delivered rows as evidence, in a household with a living member, in a town where its rule was screened.
{{ config(meta={'dagster': {'ref': {'name': 'household_risk_flags'}}}) }}

select
    flags.household_key,
    flags.rule_code
from {{ ref('household_risk_flags') }} as flags
left join {{ ref('household_month') }} as households
    on
        flags.month = households.month
        and flags.household_key = households.household_key
        and households.living_members > 0
left join {{ ref('int_rule_screening') }} as screening
    on
        flags.rule_code = screening.rule_code
        and flags.town_code = screening.town_code
        and screening.is_screened
where
    flags.month = {{ month_start() }}
    and (
        households.household_key is null
        or screening.rule_code is null
        or not {{ refers_to_rows('flags.evidence') }}
        or flags.persons < 1
    )
