-- Selects the households that were monitored in the month before, by the words of this month's scheme: a category that
-- has another name now moves nobody. The delivered word decides, because it may tell more than the scheme of then did.
select
    before.household_key,
    before.town_code,
    before.living_members,
    words.monitoring_category
from {{ ref('household_month') }} as before
left join {{ ref('stg_agriculture__monitored_households') }} as listed
    on
        before.household_key = listed.household_key
        and listed.extract_month = {{ month_start(-1) }}
left join {{ ref('int_category_words') }} as words
    on coalesce(listed.monitoring_category, before.monitoring_category) = words.word
where
    before.month = {{ month_start(-1) }}
    and before.monitoring_category is not null
