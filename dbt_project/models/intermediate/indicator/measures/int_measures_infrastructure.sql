with ledger as (

    {{ snapshot_rows('agriculture', 'village_infrastructure') }}

),

villages as (

    select
        villages.*,
        ledger.has_bus,
        ledger.has_4g,
        ledger.has_service_platform,
        ledger.is_on_social_security_system,
        ledger.plan_status = '已完成' as has_plan
    from {{ ref('int_villages') }} as villages
    left join ledger on villages.division_code = ledger.division_code

),

-- Streets do not count: the target is one station for each 镇.
towns as (

    select
        towns.division_code as town_code,
        null as division_code,
        coalesce(sum(ledger.transfer_stations), 0) > 0 as has_station
    from {{ ref('int_divisions') }} as towns
    left join ledger on towns.division_code = ledger.town_code
    where towns.kind = 'town'
    group by towns.division_code

),

roads as (

    {{ snapshot_rows('agriculture', 'rural_roads') }}

),

district as (

    select
        null as town_code,
        null as division_code,
        {{ district_parameter('division_area_km2') }} as area_km2

)

{{ measures('ledger', {
    'waste.transfer_stations': ['sum(transfer_stations)'],
    'telecom.base_stations_4g': ['sum(base_stations_4g)'],
}) }}
union all
{{ measures('towns', {'waste.towns_with_station': ['count(*) filter (where has_station)', 'count(*)']}) }}
union all
{{ measures('villages', {
    'services.platform_coverage': ['count(*) filter (where has_service_platform)', 'count(*)'],
    'services.social_security_coverage': ['count(*) filter (where is_on_social_security_system)', 'count(*)'],
}) }}
union all
{{ measures('villages where is_administrative_village', {
    'roads.bus_coverage': ['count(*) filter (where has_bus)', 'count(*)'],
    'telecom.coverage_4g': ['count(*) filter (where has_4g)', 'count(*)'],
    'planning.completed': ['count(*) filter (where has_plan)'],
    'planning.coverage': ['count(*) filter (where has_plan)', 'count(*)'],
}) }}
union all
{{ measures('roads', {
    'roads.rebuilt_km': ['sum(length_km) filter (where rebuilt_on <= ' ~ month_end() ~ ')'],
    'roads.paved_rate': ['sum(length_km) filter (where is_paved)', 'sum(length_km)'],
    'roads.density': ['sum(length_km) * 100'],
}) }}
union all
{{ measures('district', {'roads.density': ['0', 'max(area_km2)']}) }}
