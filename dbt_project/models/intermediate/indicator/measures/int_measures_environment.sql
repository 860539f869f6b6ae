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
    'toilets.retrofitted': [counted('is_completed')],
    'toilets.subsidy': ['case when is_completed then subsidy * 0.0001 end'],
    'toilets.faulty_rate': [counted('is_faulty'), counted()],
}) }}
union all
{{ measures('natural_villages', {
    'toilets.coverage': ['households_with_sanitary_toilet', 'households_needing_toilet'],
    'sewage.separation_rate': [counted('has_sewage_separation'), counted()],
    'sewage.tanks': ['sewage_tanks'],
    'sewage.treatment_rate': [counted('is_sewage_treated'), counted()],
    'sewage.running_rate': [
        counted("is_sewage_treated and sewage_running_status = '正常'"), counted('is_sewage_treated'),
    ],
    'waste.demonstration_points': ['demonstration_waste_points'],
    'waste.points': ['waste_points'],
    'water.piped_rate': [counted('has_piped_water'), counted()],
}) }}
