{%- set funds_day = as_of(['support_funds', 'project_library']) -%}
{%- set chain_day = as_of([
    'support_funds', 'project_library', 'project_assets', 'industry_support_payments',
]) -%}
{%- set projects_day = as_of(['project_library', 'project_assets']) -%}
{%- set registration_days = district_parameter('asset_registration_days') -%}

-- Finds breaks in the chain from funds over projects and assets to households (REC-16 to REC-22), subsidies for toilets
-- that differ from the rule of their day (REC-23), and persons on several lists of civil affairs (REC-24).
-- Amounts within half a cent are equal.
with funds as (

    select
        *,
        {{ document_number('document_no') }} as number,
        {{ industry_part() }} as industry_part
    from ({{ snapshot_rows('agriculture', 'support_funds') }}) as allocations

),

projects as (

    select
        *,
        {{ document_number('project_no') }} as number,
        removed_on <= last_day(extract_month) as is_removed
    from ({{ snapshot_rows('agriculture', 'project_library') }}) as listed

),

assets as (

    select
        *,
        {{ document_number('asset_no') }} as number,
        {{ document_number('project_no') }} as project_number
    from ({{ snapshot_rows('agriculture', 'project_assets') }}) as registered

),

payments as (

    select
        *,
        {{ document_number('asset_no') }} as asset_number
    from (
        {{ cumulative_rows('agriculture', 'industry_support_payments', ['payment_no'], 'paid_on') }}
    ) as paid
    where asset_no is not null

),

-- A project that is listed later names nothing yet. An asset's own documents count where it names no project.
named_documents as (

    select
        project_no as subject,
        'project' as named_by,
        listed_on,
        {{ each_of(document_numbers('fund_document_no')) }} as number
    from projects
    where fund_document_no is not null

    union all

    select
        asset_no as subject,
        'asset' as named_by,
        cast(null as date) as listed_on,
        {{ each_of(document_numbers('fund_document_no')) }} as number
    from assets
    where
        fund_document_no is not null
        and project_no is null

),

unknown_documents as (

    select
        named_by,
        subject
    from named_documents
    where
        number not in (select number from funds)
        and (listed_on is null or listed_on <= {{ chain_day }})
    group by named_by, subject

),

shares as (

    select
        fund_year,
        sum(industry_part) as industry_allocated,
        sum(allocated) as known_allocated
    from funds
    where
        fund_level = '中央'
        and fund_year = extract(year from extract_month) - 1
        and industry_part is not null
    group by fund_year

),

retrofits as (

    select
        toilets.*,
        rules.value as standard
    from ({{ snapshot_rows('agriculture', 'toilet_retrofits') }}) as toilets
    inner join {{ ref('policy_parameters') }} as rules
        on
            rules.parameter = 'toilet_subsidy_per_household'
            and left(toilets.town_code, length(coalesce(rules.division_prefix, '')))
            = coalesce(rules.division_prefix, '')
            and toilets.completed_on >= rules.valid_from
            and (rules.valid_to is null or toilets.completed_on < rules.valid_to)
    where
        toilets.inspection_result = '合格'
        and toilets.completed_on <= {{ month_end() }}
        and toilets.subsidy > 0
    qualify row_number() over (
        partition by toilets.row_ref
        order by length(coalesce(rules.division_prefix, '')) desc, rules.valid_from desc
    ) = 1

),

listed as (

    select
        lists.*,
        people.civil_lists
    from {{ ref('int_low_income_lists') }} as lists
    inner join {{ ref('low_income_population') }} as people
        on
            lists.person_key = people.person_key
            and people.month = {{ month_start() }}
    where
        lists.list_no <= 4
        and people.is_living
        and people.civil_lists >= 2
        and not (people.civil_lists = 2 and people.is_extreme_poverty and people.is_subsistence)

)

select
{{ conflict_row(
    "'REC-16'", "concat_ws('|', funds.number, funds.fund_year, funds.fund_level)", 'agriculture', 'support_funds',
    'funds', json_object({'spent': 'cast(funds.spent as double)'})
) }}
from funds
where
    funds.fund_year >= {{ district_parameter('chain_from_year') }}
    and funds.spent > 0
    and funds.number not in (
        select number from named_documents
        where listed_on <= {{ funds_day }}
    )

union all

select
{{ conflict_row(
    "'REC-17'", 'projects.project_no', 'agriculture', 'project_library', 'projects',
    json_object({'completed_on': 'projects.completed_on'}), 1
) }}
from projects
where
    projects.listed_on <= {{ projects_day }}
    and (projects.removed_on is null or projects.removed_on > {{ projects_day }})
    and projects.forms_asset
    and {{ dbt.datediff('projects.completed_on', projects_day, 'day') }} > {{ registration_days }}
    and projects.number not in (
        select project_number from assets
        where project_number is not null
    )

union all

select
{{ conflict_row(
    "'REC-18'", 'assets.asset_no', 'agriculture', 'project_assets', 'assets',
    json_object({'asset_status': 'assets.asset_status'}), 1
) }}
from assets
where
    assets.asset_status in ('闲置', '流失')
    and assets.asset_class <> '到户类资产'

union all

select
{{ conflict_row(
    "'REC-19'", 'assets.asset_no', 'agriculture', 'project_assets', 'assets', json_object({
        'dividend_year': 'dividends.dividend_year',
        'due': 'cast(dividends.due as double)',
        'paid': 'cast(dividends.paid as double)',
    }), 1
) }}
from assets
inner join {{ ref('int_asset_dividends') }} as dividends on assets.asset_no = dividends.asset_no
where dividends.due - dividends.paid > 0.005

union all

select
{{ conflict_row(
    "'REC-20'", "concat_ws('|', funds.fund_year, funds.fund_level)", 'agriculture', 'support_funds', 'funds',
    json_object({
        'industry_allocated': 'cast(shares.industry_allocated as double)',
        'known_allocated': 'cast(shares.known_allocated as double)',
    })
) }}
from funds
inner join shares on funds.fund_year = shares.fund_year
where
    funds.fund_level = '中央'
    and funds.industry_part is not null
    and shares.known_allocated > 0
    and shares.industry_allocated * 100 < shares.known_allocated * {{ district_parameter('industry_share_min') }}

union all

select
{{ conflict_row(
    "'REC-21'", 'projects.project_no', 'agriculture', 'project_library', 'projects', json_object({
        'arrived': 'cast(projects.arrived as double)',
        'spent': 'cast(projects.spent as double)',
    }), 1
) }}
from projects
where
    projects.listed_on <= last_day(projects.extract_month)
    and not coalesce(projects.is_removed, false)
    -- 万元
    and (projects.spent - projects.arrived) * 10000 > 0.005

union all

select
{{ conflict_row(
    "'REC-22'", 'projects.project_no', 'agriculture', 'project_library', 'projects', place_order=1
) }}
from projects
inner join unknown_documents as unknown
    on
        unknown.named_by = 'project'
        and projects.project_no = unknown.subject

union all

select
{{ conflict_row(
    "'REC-22'", 'assets.asset_no', 'agriculture', 'project_assets', 'assets', place_order=1
) }}
from assets
left join unknown_documents as unknown
    on
        unknown.named_by = 'asset'
        and assets.asset_no = unknown.subject
where
    unknown.subject is not null
    or assets.project_number not in (select number from projects)

union all

select
{{ conflict_row(
    "'REC-22'", 'payments.asset_number', 'agriculture', 'industry_support_payments', 'payments'
) }}
from payments
where payments.asset_number not in (select number from assets)

union all

select
{{ conflict_row(
    "'REC-23'", 'retrofits.head_person_key', 'agriculture', 'toilet_retrofits', 'retrofits', json_object({
        'subsidy': 'cast(max(retrofits.subsidy) over (partition by retrofits.head_person_key) as double)',
    }), 1
) }}
from retrofits
where abs(retrofits.subsidy - retrofits.standard) > 0.005
{%- for number, dataset in [
    (1, 'extreme_poverty_support'), (2, 'subsistence_allowance'), (3, 'low_income_edge'),
    (4, 'rigid_expense_households'),
] %}

union all

select
{{ conflict_row(
    "'REC-24'", 'listed.person_key', 'civil_affairs', dataset, 'listed',
    json_object({'lists': 'listed.civil_lists'}), number
) }}
from listed
where listed.list_no = {{ number }}
{%- endfor %}
