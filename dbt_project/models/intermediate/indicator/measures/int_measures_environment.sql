-- Counts toilets one by one, and everything else by natural village.
with retrofits as (

    select
        *,
        inspection_result = '合格' and completed_on <= {{ month_end() }} as is_completed,
        inspection_result = '不合格' or usage_status in ('闲置', '无法使用') as is_faulty
    from ({{ snapshot_rows('agriculture', 'toilet_retrofits') }}) as toilets

),

natural_villages as (

    {{ snapshot_rows('agriculture', 'natural_villages') }}

)

{{ measures('retrofits', {
    'toilets.retrofitted': ['count(*) filter (where is_completed)'],
    'toilets.subsidy': ['sum(subsidy * 0.0001) filter (where is_completed)'],
    'toilets.faulty_rate': ['count(*) filter (where is_faulty)', 'count(*)'],
}) }}
union all
{{ measures('natural_villages', {
    'toilets.coverage': ['sum(households_with_sanitary_toilet)', 'sum(households_needing_toilet)'],
    'sewage.separation_rate': ['count(*) filter (where has_sewage_separation)', 'count(*)'],
    'sewage.tanks': ['sum(sewage_tanks)'],
    'sewage.treatment_rate': ['count(*) filter (where is_sewage_treated)', 'count(*)'],
    'sewage.running_rate': [
        "count(*) filter (where is_sewage_treated and sewage_running_status = '正常')",
        'count(*) filter (where is_sewage_treated)',
    ],
    'waste.demonstration_points': ['sum(demonstration_waste_points)'],
    'waste.points': ['sum(waste_points)'],
    'water.piped_rate': ['count(*) filter (where has_piped_water)', 'count(*)'],
}) }}
