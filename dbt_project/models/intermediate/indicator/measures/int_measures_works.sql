-- Measures toilets' subsidies, sewage by standard design, water and 5G: rural construction in the columns of 2026.
with retrofits as (

    select * from ({{ snapshot_rows('agriculture', 'toilet_retrofits') }}) as toilets
    where
        inspection_result = '合格'
        and completed_on <= {{ month_end() }}
        and subsidy > 0

),

natural_villages as (

    {{ snapshot_rows('agriculture', 'natural_villages') }}

),

-- The lists of natural villages are of the month, so the day of the designs is that of their own list.
designs as (

    select
        *,
        null as town_code,
        null as division_code,
        {{ document_number('design_no') }} as number,
        {{ document_number('design_no') }} in (
            select {{ document_number('design_no') }}
            from natural_villages
            where design_no is not null
        ) as is_in_use
    from ({{ snapshot_rows('agriculture', 'standard_designs') }}) as drawings
    where
        facility_kind = '污水处理'
        and (published_on is null or published_on <= last_day(extract_month))
        and (withdrawn_on is null or withdrawn_on > last_day(extract_month))

),

infrastructure as (

    {{ snapshot_rows('agriculture', 'village_infrastructure') }}

),

villages as (

    select
        town_code,
        division_code,
        {{ listed_in('dim_division') }}
    from {{ ref('int_villages') }}
    where is_administrative_village

),

village_infrastructure as (

    select
        villages.town_code,
        villages.division_code,
        infrastructure.has_5g,
        {{ delivered_row('infrastructure') }}
    from infrastructure
    inner join villages on infrastructure.division_code = villages.division_code

)

{{ measures('retrofits', {'toilets.subsidy_mean': ['subsidy * 0.0001', counted()]}) }}
union all
{{ measures('designs', {
    'sewage.standard_designs': [counted_once(['number'])],
    'sewage.designs_in_use': [counted_once(['number'], 'is_in_use')],
}) }}
union all
{{ measures('natural_villages', {
    'sewage.built_to_design_rate': [counted('is_built_to_design'), counted('is_built_to_design is not null')],
    'sewage.black_odorous_rate': [
        'case when black_odorous_waters is not null then black_odorous_treated end',
        'case when black_odorous_treated is not null then black_odorous_waters end',
    ],
    'water.scaled_rate': [
        "case when water_supply_type = '规模化供水' then registered_population end",
        'case when water_supply_type is not null then registered_population end',
    ],
    'water.county_managed_rate': [
        'case when is_county_managed_water then registered_population end',
        'case when is_county_managed_water is not null then registered_population end',
    ],
    'water.quality_rate': [counted('water_quality_passed'), counted('water_quality_passed is not null')],
}) }}
union all
{{ measures('infrastructure', {'telecom.base_stations_5g': ['base_stations_5g']}) }}
union all
{{ measures('village_infrastructure', {'telecom.coverage_5g': [counted('has_5g')]}) }}
union all
{{ measures('villages', {'telecom.coverage_5g': ['null', counted()]}) }}
