with ledger as (

    {{ snapshot_rows('agriculture', 'village_infrastructure') }}

),

villages as (

    select
        town_code,
        division_code,
        is_administrative_village,
        {{ listed_in('dim_division') }}
    from {{ ref('int_villages') }}

),

village_ledger as (

    select
        villages.town_code,
        villages.division_code,
        villages.is_administrative_village,
        ledger.has_bus,
        ledger.has_4g,
        ledger.has_service_platform,
        ledger.is_on_social_security_system,
        ledger.plan_status = '已完成' as has_plan,
        {{ delivered_row('ledger') }}
    from ledger
    inner join villages on ledger.division_code = villages.division_code

),

-- Streets do not count: the target is one station for each 镇.
towns as (

    select
        division_code as town_code,
        null as division_code,
        {{ listed_in('dim_division') }}
    from {{ ref('int_divisions') }}
    where kind = 'town'

),

town_ledger as (

    select
        towns.town_code,
        towns.division_code,
        ledger.transfer_stations,
        {{ delivered_row('ledger') }}
    from ledger
    inner join towns on ledger.town_code = towns.town_code

),

roads as (

    {{ snapshot_rows('agriculture', 'rural_roads') }}

),

district as (

    select
        null as town_code,
        null as division_code,
        {{ district_parameter('division_area_km2') }} as area_km2,
        {{ listed_in('dim_division') }}

)

{{ measures('ledger', {
    'waste.transfer_stations': ['transfer_stations'],
    'telecom.base_stations_4g': ['base_stations_4g'],
}) }}
union all
{{ measures('town_ledger', {'waste.towns_with_station': [counted_once(['town_code'], 'transfer_stations > 0')]}) }}
union all
{{ measures('towns', {'waste.towns_with_station': ['null', counted()]}) }}
union all
{{ measures('village_ledger', {
    'services.platform_coverage': [counted('has_service_platform')],
    'services.social_security_coverage': [counted('is_on_social_security_system')],
}) }}
union all
{{ measures('villages', {
    'services.platform_coverage': ['null', counted()],
    'services.social_security_coverage': ['null', counted()],
}) }}
union all
{{ measures('village_ledger where is_administrative_village', {
    'roads.bus_coverage': [counted('has_bus')],
    'telecom.coverage_4g': [counted('has_4g')],
    'planning.completed': [counted('has_plan')],
    'planning.coverage': [counted('has_plan')],
}) }}
union all
{{ measures('villages where is_administrative_village', {
    'roads.bus_coverage': ['null', counted()],
    'telecom.coverage_4g': ['null', counted()],
    'planning.coverage': ['null', counted()],
}) }}
union all
{{ measures('roads', {
    'roads.rebuilt_km': ['case when rebuilt_on <= ' ~ month_end() ~ ' then length_km end'],
    'roads.paved_rate': ['case when is_paved then length_km end', 'length_km'],
    'roads.density': ['length_km * 100'],
}) }}
union all
{{ measures('district', {'roads.density': ['null', 'area_km2']}) }}
