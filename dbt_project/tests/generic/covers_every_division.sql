{#-
Every indicator has one row for every division of its levels in the month of the run, virtual divisions excepted; there
are no other rows.
-#}
{% test covers_every_division(model) %}

with expected as (

    select
        catalogue.code as indicator_code,
        divisions.division_code
    from {{ ref('indicator_catalogue') }} as catalogue
    inner join {{ ref('int_divisions') }} as divisions
        on
            (divisions.level = 'district' and catalogue.levels like '%D%')
            or (divisions.kind in ('town', 'street') and catalogue.levels like '%T%')
            or (divisions.kind in ('village', 'community') and catalogue.levels like '%V%')

),

found as (

    select
        indicator_code,
        division_code,
        count(*) as times
    from {{ model }}
    group by indicator_code, division_code

)

select
    coalesce(expected.indicator_code, found.indicator_code) as indicator_code,
    coalesce(expected.division_code, found.division_code) as division_code,
    coalesce(found.times, 0) as times
from expected
full outer join found
    on
        expected.indicator_code = found.indicator_code
        and expected.division_code = found.division_code
where
    expected.indicator_code is null
    or coalesce(found.times, 0) <> 1

{% endtest %}
