{%- set levy = district_parameter('cleaning_levy_per_person_month') -%}

-- Measures the villages in the month's delivery of the 1:1:1 cleaning fund.
with fund as (

    select
        *,
        cast(registered_population * {{ levy }} as decimal(28, 10)) as levy
    from ({{ snapshot_rows('agriculture', 'cleaning_fund') }}) as delivered

),

villages as (

    select
        fund.town_code,
        fund.division_code,
        -- Amounts within half a cent are equal.
        abs(fund.town_paid - least(fund.villagers_raised, fund.levy)) <= 0.005
        and abs(fund.district_paid - least(fund.villagers_raised, fund.levy)) <= 0.005 as is_matched,
        {{ delivered_row('fund') }}
    from fund
    inner join {{ ref('int_villages') }} as villages on fund.division_code = villages.division_code

),

-- What three months report of these villages, at their place in the month's delivery.
quarter as (

    select
        villages.town_code,
        villages.division_code,
        reported.cleaning_campaigns,
        'agriculture' as department,
        'cleaning_fund' as dataset,
        reported.extract_month,
        reported.delivery_no,
        reported.file_no,
        reported.sheet_no,
        reported.row_number,
        reported.row_order
    from {{ ref('stg_agriculture__cleaning_fund') }} as reported
    inner join villages on reported.division_code = villages.division_code
    where
        reported.extract_month >= {{ month_start(-2) }}
        and reported.extract_month <= {{ month_start() }}

)

{{ measures('fund', {
    'cleaning_fund.total': ['villagers_raised + town_paid + district_paid'],
    'cleaning_fund.collection_rate': ['villagers_raised', 'levy'],
}) }}
union all
{{ measures('villages', {
    'cleaning_fund.match_compliance': [counted('is_matched'), counted()],
}) }}
union all
{{ measures('quarter', {
    'waste.quarterly_campaigns': [
        counted_once(['division_code'], 'cleaning_campaigns > 0'), counted('extract_month = ' ~ month_start()),
    ],
}) }}
