-- Says for each indicator if it can be computed this month, from which delivery, or why not.
with needs as (

    select
        catalogue.code as indicator_code,
        deliveries.standing,
        deliveries.source_month,
        deliveries.reason
    from {{ ref('indicator_catalogue') }} as catalogue
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

    union all

    select
        unfilled.code as indicator_code,
        'missing' as standing,
        cast(null as date) as source_month,
        unfilled.reason
    from ({{ unfilled_needs(ref('indicator_catalogue'), 'code') }}) as unfilled

    union all

    select
        'governance.previous_mean_age' as indicator_code,
        'missing' as standing,
        cast(null as date) as source_month,
        '没有上届名册' as reason
    from {{ ref('int_applicable_deliveries') }}
    where
        dataset = 'village_committees'
        and standing = 'counted'
        and not exists (select 1 from {{ ref('int_previous_committees') }})

    union all

    select
        counted.indicator_code,
        'inapplicable' as standing,
        cast(null as date) as source_month,
        '本月类别方案无此类别' as reason
    from {{ ref('indicator_roles') }} as counted
    left join {{ ref('int_categories') }} as categories on counted.role = categories.role
    where categories.role is null

)

select
    indicator_code,
    case
        when count(*) filter (where standing = 'inapplicable') > 0 then 'not_applicable'
        when count(*) filter (where standing = 'missing') > 0 then 'not_computable'
        when count(*) filter (where standing = 'stale') > 0 then 'stale'
        else 'computed'
    end as status,
    case when count(*) filter (where standing <> 'counted') = 0 then min(source_month) end as source_month,
    coalesce(
        max(reason) filter (where standing = 'inapplicable'),
        {{ joined_texts('reason', ';') }}
    ) as reason
from needs
group by indicator_code
