{{ config(**month_incremental()) }}

{%- set day = month_end() %}
{%- set review_months = "cast(" ~ district_parameter('parameter_review_months') ~ " as integer)" %}

-- What an officer should know about a month before using its figures. The month's last day decides, not today, so that
-- a run that is repeated says the same. Nothing here stops a month.
with parameters as (

    select
        *,
        {{ dbt.dateadd('month', review_months, 'last_verified') }} as review_until,
        {{ dbt.dateadd('month', 'renews_months', 'valid_from') }} as renewed_until
    from {{ ref('int_parameters_in_use') }}

),

vintages as (

    select
        max(vintage_cutoff) as newest,
        {{ dbt.dateadd(
            'month', "cast(" ~ district_parameter('vintage_tolerance_months') ~ " as integer)", 'max(vintage_cutoff)'
        ) }} as tolerated_until
    from {{ ref('division_vintages') }}

),

placeholders as (

    select schemes.*
    from {{ ref('category_schemes') }} as schemes
    inner join {{ ref('int_categories') }} as categories on schemes.code = categories.code
    where
        schemes.is_placeholder
        and schemes.name_zh = categories.monitoring_category

),

older_words as (

    select
        listed.monitoring_category as word,
        words.monitoring_category,
        count(*) as delivered
    from {{ ref('stg_agriculture__monitored_households') }} as listed
    inner join {{ ref('int_category_words') }} as words on listed.monitoring_category = words.word
    where
        listed.extract_month = {{ month_start() }}
        and words.is_ancestor
    group by listed.monitoring_category, words.monitoring_category

),

natural_villages as (

    select
        count(*) as delivered,
        cast({{ district_parameter('natural_villages_expected') }} as integer) as expected
    from ({{ snapshot_rows('agriculture', 'natural_villages') }}) as delivered_rows

),

-- Without a list of documents nothing is known of them.
documents as (

    select
        parameters.subject,
        parameters.label,
        parameters.instrument_no,
        listed.number is not null as is_listed
    from parameters
    inner join {{ ref('int_applicable_deliveries') }} as counted
        on
            counted.dataset = 'policy_instruments'
            and counted.standing = 'counted'
    left join {{ ref('int_policy_instruments') }} as listed
        on {{ document_number('parameters.instrument_no') }} = listed.number
    where
        parameters.instrument_no is not null
        and not coalesce(listed.is_in_force_at_month_end, false)

),

notices as (

    select
        'PAR-01' as notice_code,
        subject,
        case
            when last_verified is null then concat(label, '没有核对过依据。请核对后填写最近核对日期。')
            else concat(
                label, '的依据最近核对于', cast(last_verified as {{ dbt.type_string() }}),
                ',已过核对周期。请核对后更新最近核对日期。'
            )
        end as message,
        review_until as since
    from parameters
    where last_verified is null or review_until < {{ day }}

    union all

    select
        'PAR-02' as notice_code,
        subject,
        concat(label, '每', cast(renews_months as {{ dbt.type_string() }}), '个月更新一次,已到期。请查新标准并另加一行。') as message,
        renewed_until as since
    from parameters
    where renewed_until < {{ day }}

    union all

    select
        'PAR-03' as notice_code,
        subject,
        concat(label, '是占位值,尚未查实。查到后请改为正式的值,在此之前请谨慎使用有关数字。') as message,
        cast(null as date) as since
    from parameters
    where is_placeholder

    union all

    select
        'PAR-03' as notice_code,
        concat(code, '|', cast(valid_from as {{ dbt.type_string() }})) as subject,
        concat(
            '监测对象类别“', name_zh, '”(', cast(valid_from as {{ dbt.type_string() }}), '起)的启用日期是占位的,尚未查实。'
        ) as message,
        cast(null as date) as since
    from placeholders

    union all

    select
        'DIV-01' as notice_code,
        cast(newest as {{ dbt.type_string() }}) as subject,
        concat(
            '行政区划名单截至', cast(newest as {{ dbt.type_string() }}), ',已超过容许时长。请取得新名单,核对撤并和改名。'
        ) as message,
        tolerated_until as since
    from vintages
    where tolerated_until < {{ day }}

    union all

    select
        'CAT-01' as notice_code,
        word as subject,
        concat(
            '防返贫监测对象名册有', cast(delivered as {{ dbt.type_string() }}), '行仍用“', word, '”,本月按“',
            monitoring_category, '”统计。请报送部门改用新类别。'
        ) as message,
        cast(null as date) as since
    from older_words

    union all

    select
        'DAT-01' as notice_code,
        'natural_villages' as subject,
        concat(
            '自然村台账有', cast(delivered as {{ dbt.type_string() }}), '行,应有',
            cast(expected as {{ dbt.type_string() }}), '个自然村。请核对漏报、重报或撤并。'
        ) as message,
        cast(null as date) as since
    from natural_villages
    where
        delivered <> expected
        and exists (
            select 1
            from {{ ref('int_applicable_deliveries') }}
            where
                dataset = 'natural_villages'
                and standing = 'counted'
        )

    union all

    select
        'DOC-01' as notice_code,
        subject,
        concat(
            label, '的依据文件', instrument_no, case when is_listed then '已失效' else '不在政策文件目录中' end,
            '。请核对依据,或补登政策文件目录。'
        ) as message,
        cast(null as date) as since
    from documents

),

earlier as (

    {% if is_incremental() -%}
    select
        notice_code,
        subject
    from {{ this }}
    where month = {{ month_start(-1) }}
    {%- else -%}
    select
        notice_code,
        subject
    from notices
    where false
    {%- endif %}

)

select
    {{ month_start() }} as month,
    notices.notice_code,
    notices.subject,
    notices.message,
    cast(notices.since as date) as since,
    cast({{ dbt.datediff('cast(notices.since as date)', day, 'day') }} as integer) as days,
    earlier.notice_code is null as is_new
from notices
left join earlier
    on
        notices.notice_code = earlier.notice_code
        and notices.subject = earlier.subject
