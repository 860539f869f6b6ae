-- Counts the members of the previous term, the cases of the review after the election, and its archives.
with previous_members as (

    select
        'civil_affairs' as department,
        'village_committees' as dataset,
        members.*,
        {{ age_at_month_end('members.id_birth_month', 'members.extract_month') }} as age
    from {{ ref('stg_civil_affairs__village_committees') }} as members
    inner join {{ ref('int_previous_committees') }} as previous on members.extract_month = previous.extract_month

),

-- A case that was not taken on is none. A review of a village is not a case.
cases as (

    select
        *,
        case_type = '检查' as is_review,
        coalesce(status = '办结' and closed_on <= {{ month_end() }}, false) as is_closed,
        coalesce(due_on, cast({{ dbt.dateadd(
            'day', 'cast(' ~ district_parameter('issue_case_days') ~ ' as integer)', 'received_on'
        ) }} as date)) as last_day
    from ({{ snapshot_rows('civil_affairs', 'issue_cases') }}) as delivered
    where
        status <> '不予受理'
        and received_on <= {{ month_end() }}

),

villages as (

    select
        town_code,
        division_code,
        {{ listed_in('dim_division') }}
    from {{ ref('int_villages') }}

),

reviews as (

    select
        villages.town_code,
        villages.division_code,
        {{ delivered_row('cases') }}
    from cases
    inner join villages on cases.division_code = villages.division_code
    where
        cases.is_review
        and cases.is_closed

),

towns as (

    select
        division_code as town_code,
        null as division_code,
        {{ listed_in('dim_division') }}
    from {{ ref('int_divisions') }}
    where kind in ('town', 'street')

),

district as (

    select
        null as town_code,
        null as division_code,
        {{ listed_in('dim_division') }}

),

-- Every row of a holder must have filed everything and handed it over. Rows of the district belong to it, wherever
-- they say that they are.
archives as (

    select
        *,
        case archive_level when '镇级' then town_code when '村级' then division_code else '' end as holder,
        coalesce(
            volumes_due > 0
            and volumes_filed >= volumes_due
            and handed_over_on <= last_day(extract_month),
            false
        ) as is_filed
    from ({{ snapshot_rows('civil_affairs', 'archives') }}) as delivered

),

holders as (

    select
        *,
        case when bool_and(is_filed) over (partition by archive_level, holder) then 1 else 0 end as complete
    from archives
    where holder is not null
    qualify row_number() over (partition by archive_level, holder order by row_order) = 1

),

district_archives as (

    select
        district.town_code,
        district.division_code,
        filed.complete,
        {{ delivered_row('filed') }}
    from holders as filed
    cross join district
    where filed.archive_level = '区级'

),

town_archives as (

    select
        towns.town_code,
        towns.division_code,
        filed.complete,
        {{ delivered_row('filed') }}
    from holders as filed
    inner join towns on filed.holder = towns.town_code
    where filed.archive_level = '镇级'

),

village_archives as (

    select
        villages.town_code,
        villages.division_code,
        filed.complete,
        {{ delivered_row('filed') }}
    from holders as filed
    inner join villages on filed.holder = villages.division_code
    where filed.archive_level = '村级'

)

{{ measures('previous_members', {'governance.previous_mean_age': ['age', counted()]}) }}
union all
{{ measures('reviews', {'governance.villages_reviewed_rate': [counted_once(['division_code'])]}) }}
union all
{{ measures('cases where not is_review', {
    'governance.issues_closed_rate': [counted('is_closed'), counted()],
    'governance.issues_overdue': [counted('not is_closed and last_day < ' ~ month_end())],
}) }}
union all
{{ measures("cases where case_type = '信件'", {
    'governance.letters_closed_rate': [counted('is_closed'), counted()],
}) }}
union all
{{ measures('district_archives', {'governance.archives_district_rate': ['complete']}) }}
union all
{{ measures('district', {'governance.archives_district_rate': ['null', counted()]}) }}
union all
{{ measures('town_archives', {'governance.archives_town_rate': ['complete']}) }}
union all
{{ measures('towns', {'governance.archives_town_rate': ['null', counted()]}) }}
union all
{{ measures('village_archives', {'governance.archives_village_rate': ['complete']}) }}
union all
{{ measures('villages', {
    'governance.archives_village_rate': ['null', counted()],
    'governance.villages_reviewed_rate': ['null', counted()],
}) }}
