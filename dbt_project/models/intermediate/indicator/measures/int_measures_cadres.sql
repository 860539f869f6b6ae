with postings as (

    {{ snapshot_rows('agriculture', 'resident_cadres') }}

),

villages as (

    select
        town_code,
        division_code,
        {{ listed_in('dim_division') }}
    from {{ ref('int_villages') }}

),

village_postings as (

    select
        villages.town_code,
        villages.division_code,
        postings.posting_type,
        {{ delivered_row('postings') }}
    from postings
    inner join villages on postings.division_code = villages.division_code

)

{{ measures('postings', {
    'cadres.town_posted': [counted("posting_type = '科级干部驻镇'")],
    'cadres.village_posted': [counted("posting_type = '区级干部驻村'")],
    'cadres.first_secretaries': [counted("posting_type = '驻村第一书记'")],
}) }}
union all
{{ measures('village_postings', {
    'cadres.villages_with_district_cadre': [counted_once(['division_code'], "posting_type = '区级干部驻村'")],
    'cadres.first_secretary_coverage': [counted_once(['division_code'], "posting_type = '驻村第一书记'")],
}) }}
union all
{{ measures('villages', {'cadres.first_secretary_coverage': ['null', counted()]}) }}
