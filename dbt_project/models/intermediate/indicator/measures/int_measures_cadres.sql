with postings as (

    {{ snapshot_rows('agriculture', 'resident_cadres') }}

),

villages as (

    select
        villages.town_code,
        villages.division_code,
        count(*) filter (where postings.posting_type = '区级干部驻村') > 0 as has_district_cadre,
        count(*) filter (where postings.posting_type = '驻村第一书记') > 0 as has_first_secretary
    from {{ ref('int_villages') }} as villages
    left join postings on villages.division_code = postings.division_code
    group by villages.town_code, villages.division_code

)

{{ measures('postings', {
    'cadres.town_posted': ["count(*) filter (where posting_type = '科级干部驻镇')"],
    'cadres.village_posted': ["count(*) filter (where posting_type = '区级干部驻村')"],
    'cadres.first_secretaries': ["count(*) filter (where posting_type = '驻村第一书记')"],
}) }}
union all
{{ measures('villages', {
    'cadres.villages_with_district_cadre': ['count(*) filter (where has_district_cadre)'],
    'cadres.first_secretary_coverage': ['count(*) filter (where has_first_secretary)', 'count(*)'],
}) }}
