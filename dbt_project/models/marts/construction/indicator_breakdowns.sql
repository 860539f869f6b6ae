{{ config(**month_incremental()) }}

{%- set breakdowns = [
    ('purchases', 'consumption.total_purchases', '采购渠道', 'channel', 'amount'),
    ('funds', 'funds.allocated', '资金级次', 'fund_level', 'allocated'),
    ('funds', 'funds.allocated', '资金用途', 'fund_purpose', 'allocated'),
    ('people', 'low_income.persons', '首要层级', 'first_layer', '1'),
    ('projects', 'projects.listed', '项目阶段', 'stage', '1'),
    ('retrofits', 'toilets.retrofitted', '改造类型', 'retrofit_type', '1'),
] %}

-- Splits the numerators of some indicators by a list of the delivered rows, in the divisions of the indicator.
with purchases as (

    select
        *,
        null as town_code,
        null as division_code
    from ({{ cumulative_rows('agriculture', 'consumption_support', ['purchase_no'], 'purchased_on') }}) as bought

),

funds as (

    select
        *,
        null as town_code,
        null as division_code
    from ({{ snapshot_rows('agriculture', 'support_funds') }}) as allocations
    where fund_year <= {{ month_text()[:4] | int }}

),

people as (

    select * from {{ ref('low_income_population') }}
    where
        month = {{ month_start() }}
        and is_living
        and first_layer is not null

),

projects as (

    select
        *,
        {{ project_stage('last_day(extract_month)') }} as stage
    from ({{ snapshot_rows('agriculture', 'project_library') }}) as listed
    where
        listed_on <= last_day(extract_month)
        and (removed_on is null or removed_on > last_day(extract_month))

),

retrofits as (

    select * from ({{ snapshot_rows('agriculture', 'toilet_retrofits') }}) as toilets
    where
        inspection_result = '合格'
        and completed_on <= {{ month_end() }}

),

members as (

    {% for relation, code, dimension, member, amount in breakdowns %}
    select
        '{{ code }}' as indicator_code,
        '{{ dimension }}' as dimension,
        coalesce({{ member }}, '未填报') as member,
        town_code,
        division_code,
        cast(sum({{ amount }}) as decimal(28, 10)) as numerator
    from {{ relation }}
    group by coalesce({{ member }}, '未填报'), town_code, division_code
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

divisions as (

    select
        'district' as level,
        district_code as division_code
    from {{ ref('districts') }}
    union all
    select
        'town' as level,
        null as division_code
    union all
    select
        'village' as level,
        null as division_code

),

-- Each case counts in its village, its town and the district, as in the indicator.
placed as (

    select
        members.indicator_code,
        members.dimension,
        members.member,
        members.numerator,
        case divisions.level
            when 'district' then divisions.division_code
            when 'town' then coalesce(members.town_code, left(members.division_code, 9))
            else members.division_code
        end as division_code
    from members
    cross join divisions

)

select
    figures.month,
    figures.indicator_code,
    figures.division_code,
    figures.level,
    placed.dimension,
    placed.member,
    cast(sum(placed.numerator) as double) as numerator
from placed
inner join {{ ref('int_indicator_values') }} as figures
    on
        placed.indicator_code = figures.indicator_code
        and placed.division_code = figures.division_code
where
    figures.month = {{ month_start() }}
    and figures.status = 'computed'
group by
    figures.month,
    figures.indicator_code,
    figures.division_code,
    figures.level,
    placed.dimension,
    placed.member
