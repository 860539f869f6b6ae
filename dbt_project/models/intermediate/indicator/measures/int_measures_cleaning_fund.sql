{%- set levy = district_parameter('cleaning_levy_per_person_month') -%}

-- Measures the villages in the month's delivery of the 1:1:1 cleaning fund.
with fund as (

    select
        *,
        cast(registered_population * {{ levy }} as decimal(28, 10)) as levy
    from ({{ snapshot_rows('agriculture', 'cleaning_fund') }}) as delivered

),

campaigns as (

    select distinct division_code
    from {{ ref('stg_agriculture__cleaning_fund') }}
    where
        extract_month >= {{ month_start(-2) }}
        and extract_month <= {{ month_start() }}
        and cleaning_campaigns > 0

),

villages as (

    select
        fund.town_code,
        fund.division_code,
        -- Amounts within half a cent are equal.
        abs(fund.town_paid - least(fund.villagers_raised, fund.levy)) <= 0.005
        and abs(fund.district_paid - least(fund.villagers_raised, fund.levy)) <= 0.005 as is_matched,
        campaigns.division_code is not null as has_campaign
    from fund
    inner join {{ ref('int_villages') }} as villages on fund.division_code = villages.division_code
    left join campaigns on fund.division_code = campaigns.division_code

)

{{ measures('fund', {
    'cleaning_fund.total': ['sum(villagers_raised + town_paid + district_paid)'],
    'cleaning_fund.collection_rate': ['sum(villagers_raised)', 'sum(levy)'],
}) }}
union all
{{ measures('villages', {
    'cleaning_fund.match_compliance': ['count(*) filter (where is_matched)', 'count(*)'],
    'waste.quarterly_campaigns': ['count(*) filter (where has_campaign)', 'count(*)'],
}) }}
