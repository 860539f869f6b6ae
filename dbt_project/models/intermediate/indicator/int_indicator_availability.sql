-- Says for each indicator if it can be computed this month, from which delivery, or why not.
with needs as (

    select
        catalogue.code as indicator_code,
        deliveries.standing,
        deliveries.source_month,
        deliveries.reason
    from {{ ref('indicators') }} as catalogue
    inner join {{ ref('int_applicable_deliveries') }} as deliveries
        on concat(',', catalogue.datasets, ',') like concat('%,', deliveries.dataset, ',%')

    union all

    select
        needed.indicator_code,
        'missing' as standing,
        cast(null as date) as source_month,
        concat('没有有效的参数', needed.parameter) as reason
    from {{ ref('indicator_parameters') }} as needed
    cross join {{ ref('districts') }} as districts
    left join {{ ref('int_parameter_values') }} as known
        on
            needed.parameter = known.parameter
            and districts.district_code = known.division_code
            and known.month = {{ month_start() }}
    where known.parameter is null

)

select
    indicator_code,
    case
        when count(*) filter (where standing = 'missing') > 0 then 'not_computable'
        when count(*) filter (where standing = 'stale') > 0 then 'stale'
        else 'computed'
    end as status,
    case when count(*) filter (where standing <> 'counted') = 0 then min(source_month) end as source_month,
    {{ joined_texts('reason', ';') }} as reason
from needs
group by indicator_code
