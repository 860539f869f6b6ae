{%- set has_two_posts = 'is_party_secretary and is_committee_director' -%}
{%- set has_three_posts = has_two_posts ~ ' and is_collective_head' -%}

-- Counts committees by village, their members by person, collective income of the latest year, and party members by
-- town.
with members as (

    select
        *,
        {{ age_at_month_end('id_birth_month') }} as age
    from ({{ snapshot_rows('civil_affairs', 'village_committees') }}) as committee_members

),

villages as (

    select
        town_code,
        division_code,
        {{ listed_in('dim_division') }}
    from {{ ref('int_villages') }}

),

village_members as (

    select
        villages.town_code,
        villages.division_code,
        members.is_party_secretary,
        members.is_committee_director,
        members.is_collective_head,
        {{ delivered_row('members') }}
    from members
    inner join villages on members.division_code = villages.division_code

),

-- The district's newest year counts, even if a village or town lacks it.
latest_income as (

    select *
    from (
        {{ cumulative_rows('agriculture', 'collective_income', ['town_code', 'division_code', 'income_year']) }}
    ) as incomes
    where income_year <= {{ month_text()[:4] | int }}
    qualify income_year = max(income_year) over ()

),

village_income as (

    select
        villages.town_code,
        villages.division_code,
        latest_income.total_income,
        {{ delivered_row('latest_income') }}
    from latest_income
    inner join villages on latest_income.division_code = villages.division_code

),

party as (

    select
        *,
        null as division_code
    from ({{ snapshot_rows('civil_affairs', 'party_membership') }}) as statistics

)

{{ measures('village_members', {
    'governance.one_shoulder_rate': [counted_once(['division_code'], has_two_posts)],
    'governance.three_posts_rate': [
        counted_once(['division_code'], has_three_posts), counted_once(['division_code'], 'is_collective_head'),
    ],
}) }}
union all
{{ measures('villages', {'governance.one_shoulder_rate': ['null', counted()]}) }}
union all
{{ measures('members', {
    'governance.cross_serving_rate': [counted('is_cross_serving'), counted()],
    'governance.college_rate': [counted("education in ('大专', '本科', '研究生')"), counted()],
    'governance.high_school_rate': [
        counted("education in ('高中', '中专', '大专', '本科', '研究生')"), counted(),
    ],
    'governance.mean_age': ['age', counted()],
    'governance.under_35_rate': [counted('age < 35'), counted()],
}) }}
union all
{{ measures('village_income', {
    'governance.collective_income_30_100_rate': [
        counted('total_income >= 30 and total_income <= 100'), counted(),
    ],
}) }}
union all
{{ measures('latest_income', {
    'governance.rental_dependence': [
        'coalesce(rental_income, 0) + coalesce(land_contract_income, 0)', 'total_income',
    ],
}) }}
union all
{{ measures("party where member_scope = '新发展党员'", {
    'party.new_bachelor_rate': ['bachelor_or_above', 'members'],
    'party.new_postgraduate_rate': ['postgraduate', 'members'],
}) }}
union all
{{ measures("party where member_scope = '全体党员'", {
    'party.bachelor_rate': ['bachelor_or_above', 'members'],
    'party.aged_35_or_below_rate': ['aged_35_or_below', 'members'],
}) }}
