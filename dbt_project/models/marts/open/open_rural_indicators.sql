{{ config(alias='rural_indicators') }}

-- The indicators for every reader: counts and ratios about persons without small cells; sums and means about persons,
-- and counts that overlap or add up to others, of the district only. Earlier values are those that the mart shows, so
-- they give nothing away.
with figures as (

    select
        figures.*,
        catalogue.about <> 'things'
        and figures.level <> 'district'
        and figures.numerator is not null
        and coalesce(cells.is_suppressed, true) as is_suppressed,
        coalesce(
            cells.reason,
            case
                when catalogue.form in ('count', 'ratio') then '互有重叠的人数只公布全区数'
                else '涉及个人的金额和平均数只公布全区数'
            end
        ) as suppressed_reason
    from {{ ref('rural_indicators') }} as figures
    inner join {{ ref('indicator_catalogue') }} as catalogue on figures.indicator_code = catalogue.code
    left join {{ ref('int_suppressed_cells') }} as cells
        on
            figures.month = cells.month
            and figures.indicator_code = cells.figure
            and figures.division_code = cells.division_code

),

shown as (

    select
        month,
        indicator_code,
        division_code,
        level,
        case when not is_suppressed then numerator end as numerator,
        case when not is_suppressed then denominator end as denominator,
        case when not is_suppressed then value end as value,
        case when is_suppressed then 'suppressed' else status end as status,
        case when is_suppressed then suppressed_reason else reason end as reason,
        source_month,
        target,
        province_benchmark,
        national_benchmark
    from figures

)

select
    figures.month,
    figures.indicator_code,
    figures.division_code,
    figures.level,
    figures.numerator,
    figures.denominator,
    figures.value,
    figures.status,
    figures.reason,
    figures.source_month,
    figures.target,
    case when figures.status <> 'suppressed' then previous.value end as previous_value,
    figures.value - previous.value as change,
    case when figures.status <> 'suppressed' then year_ago.value end as year_ago_value,
    figures.province_benchmark,
    figures.national_benchmark
{{ with_earlier_values('shown') }}
