-- Picks what is published of each indicator for the province and for the country: of the actual figures valid on the
-- month's last day the one with the longest prefix of the district, then the newest. One that is not known yet hides an
-- older one.
with picked as (

    select
        benchmarks.indicator_code,
        benchmarks.scope,
        benchmarks.value
    from {{ ref('indicator_benchmarks') }} as benchmarks
    inner join {{ ref('districts') }} as districts
        on
            left(districts.district_code, length(coalesce(benchmarks.division_prefix, '')))
            = coalesce(benchmarks.division_prefix, '')
    where
        benchmarks.kind = 'actual'
        and {{ is_valid('benchmarks.valid_from', 'benchmarks.valid_to') }}
    qualify row_number() over (
        partition by benchmarks.indicator_code, benchmarks.scope
        order by length(coalesce(benchmarks.division_prefix, '')) desc, benchmarks.valid_from desc
    ) = 1

)

select
    indicator_code,
    max(value) filter (where scope = '全省') as province_benchmark,
    max(value) filter (where scope = '全国') as national_benchmark
from picked
group by indicator_code
