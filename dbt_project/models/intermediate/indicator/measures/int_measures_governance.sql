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
        villages.town_code,
        villages.division_code,
        count(*) filter (where members.is_party_secretary and members.is_committee_director) > 0 as has_two_posts,
        count(*) filter (
            where members.is_party_secretary and members.is_committee_director and members.is_collective_head
        ) > 0 as has_three_posts,
        count(*) filter (where members.is_collective_head) > 0 as has_collective_head
    from {{ ref('int_villages') }} as villages
    left join members on villages.division_code = members.division_code
    group by villages.town_code, villages.division_code

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
        latest_income.total_income
    from latest_income
    inner join {{ ref('int_villages') }} as villages on latest_income.division_code = villages.division_code

),

party as (

    select
        *,
        null as division_code
    from ({{ snapshot_rows('civil_affairs', 'party_membership') }}) as statistics

)

{{ measures('villages', {
    'governance.one_shoulder_rate': ['count(*) filter (where has_two_posts)', 'count(*)'],
    'governance.three_posts_rate': [
        'count(*) filter (where has_three_posts)', 'count(*) filter (where has_collective_head)',
    ],
}) }}
union all
{{ measures('members', {
    'governance.cross_serving_rate': ['count(*) filter (where is_cross_serving)', 'count(*)'],
    'governance.college_rate': ["count(*) filter (where education in ('大专', '本科', '研究生'))", 'count(*)'],
    'governance.high_school_rate': [
        "count(*) filter (where education in ('高中', '中专', '大专', '本科', '研究生'))", 'count(*)',
    ],
    'governance.mean_age': ['sum(age)', 'count(*)'],
    'governance.under_35_rate': ['count(*) filter (where age < 35)', 'count(*)'],
}) }}
union all
{{ measures('village_income', {
    'governance.collective_income_30_100_rate': [
        'count(*) filter (where total_income >= 30 and total_income <= 100)', 'count(*)',
    ],
}) }}
union all
{{ measures('latest_income', {
    'governance.rental_dependence': [
        'sum(coalesce(rental_income, 0) + coalesce(land_contract_income, 0))', 'sum(total_income)',
    ],
}) }}
union all
{{ measures("party where member_scope = '新发展党员'", {
    'party.new_bachelor_rate': ['sum(bachelor_or_above)', 'sum(members)'],
    'party.new_postgraduate_rate': ['sum(postgraduate)', 'sum(members)'],
}) }}
union all
{{ measures("party where member_scope = '全体党员'", {
    'party.bachelor_rate': ['sum(bachelor_or_above)', 'sum(members)'],
    'party.aged_35_or_below_rate': ['sum(aged_35_or_below)', 'sum(members)'],
}) }}
