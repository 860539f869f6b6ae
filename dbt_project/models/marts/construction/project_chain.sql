{{ config(**month_incremental()) }}

{%- set day = as_of(['support_funds', 'project_library', 'project_assets']) %}

-- Shows each project with each of its assets, each asset without a project, and each fund document that neither names.
-- Amounts of a project are on its first asset only, so that they add up.
with funds as (

    select
        {{ document_number('document_no') }} as number,
        sum(allocated) as allocated,
        sum(spent) as spent
    from ({{ snapshot_rows('agriculture', 'support_funds') }}) as allocations
    group by {{ document_number('document_no') }}

),

projects as (

    select
        *,
        {{ document_number('project_no') }} as number,
        {{ sorted_document_numbers('fund_document_no') }} as fund_document_nos,
        coalesce(town_code, division_code) is not null as has_place,
        case
            when removed_on <= {{ day }} then '出库'
            else {{ project_stage(day) }}
        end as stage
    from ({{ snapshot_rows('agriculture', 'project_library') }}) as listed
    where listed_on <= {{ day }}

),

received as (

    select
        count(*) filter (where dataset = 'project_library') > 0 as has_projects,
        count(*) filter (where dataset = 'industry_support_payments') > 0 as has_payments
    from {{ ref('int_applicable_deliveries') }}
    where standing = 'counted'

),

assets as (

    select
        registered.*,
        {{ document_number('registered.project_no') }} as project_number,
        {{ sorted_document_numbers('registered.fund_document_no') }} as fund_document_nos,
        case when received.has_payments then dividends.dividend_year end as dividend_year,
        case when received.has_payments then dividends.due end as dividend_due,
        case when received.has_payments then dividends.paid end as dividend_paid,
        case when received.has_payments then dividends.households_paid end as households_paid
    from ({{ snapshot_rows('agriculture', 'project_assets') }}) as registered
    cross join received
    left join {{ ref('int_asset_dividends') }} as dividends on registered.asset_no = dividends.asset_no

),

linked as (

    select
        coalesce(
            case when projects.number is null then assets.fund_document_nos else projects.fund_document_nos end, ''
        ) as fund_document_nos,
        coalesce(projects.project_no, '') as project_no,
        coalesce(assets.asset_no, '') as asset_no,
        projects.project_name,
        projects.project_class,
        projects.stage,
        case when projects.has_place then projects.division_code else assets.division_code end as division_code,
        case when projects.has_place then projects.town_code else assets.town_code end as town_code,
        projects.completed_on,
        row_number() over (partition by projects.project_no order by assets.row_order) = 1 as is_first,
        projects.planned,
        projects.arrived,
        projects.spent,
        assets.asset_name,
        assets.asset_class,
        assets.asset_status,
        assets.original_value,
        assets.owner,
        assets.has_beneficiary,
        assets.dividend_year,
        assets.dividend_due,
        assets.dividend_paid,
        assets.households_paid
    from projects
    full outer join assets on projects.number = assets.project_number

),

named as (

    select {{ each_of(document_numbers('fund_document_nos')) }} as number
    from linked

),

chain as (

    select
        fund_document_nos,
        project_no,
        asset_no,
        project_name,
        project_class,
        stage,
        division_code,
        town_code,
        completed_on,
        case when is_first then planned end as planned,
        case when is_first then arrived end as arrived,
        case when is_first then spent end as spent,
        null as unlinked_allocated,
        null as unlinked_spent,
        asset_name,
        asset_class,
        asset_status,
        original_value,
        owner,
        has_beneficiary,
        dividend_year,
        dividend_due,
        dividend_paid,
        households_paid
    from linked

    union all

    select
        number as fund_document_nos,
        '' as project_no,
        '' as asset_no,
        null as project_name,
        null as project_class,
        null as stage,
        null as division_code,
        null as town_code,
        null as completed_on,
        null as planned,
        null as arrived,
        null as spent,
        allocated as unlinked_allocated,
        spent as unlinked_spent,
        null as asset_name,
        null as asset_class,
        null as asset_status,
        null as original_value,
        null as owner,
        null as has_beneficiary,
        null as dividend_year,
        null as dividend_due,
        null as dividend_paid,
        null as households_paid
    from funds
    where number not in (select number from named)

),

breaks as (

    select
        chain.fund_document_nos,
        chain.project_no,
        chain.asset_no,
        {{ joined_texts('conflicts.rule_code', ',') }} as break_codes
    from chain
    inner join {{ ref('int_conflicts') }} as conflicts
        on
            (
                conflicts.rule_code in ('REC-17', 'REC-18', 'REC-19', 'REC-21', 'REC-22')
                and conflicts.subject in (chain.project_no, chain.asset_no)
            )
            or (
                conflicts.rule_code = 'REC-16'
                and concat(';', chain.fund_document_nos, ';') like concat(
                    '%;', {{ document_number("regexp_replace(conflicts.subject, '[|][^|]*[|][^|]*$', '')") }}, ';%'
                )
            )
    group by chain.fund_document_nos, chain.project_no, chain.asset_no

)

select
    {{ month_start() }} as month,
    chain.fund_document_nos,
    chain.project_no,
    chain.asset_no,
    chain.project_name,
    chain.project_class,
    chain.stage,
    chain.division_code,
    chain.town_code,
    chain.completed_on,
    cast(chain.planned as double) as planned,
    cast(chain.arrived as double) as arrived,
    cast(chain.spent as double) as spent,
    cast(chain.unlinked_allocated as double) as unlinked_allocated,
    cast(chain.unlinked_spent as double) as unlinked_spent,
    chain.asset_name,
    chain.asset_class,
    chain.asset_status,
    cast(chain.original_value as double) as original_value,
    chain.owner,
    chain.has_beneficiary,
    chain.dividend_year,
    cast(chain.dividend_due * 0.0001 as double) as dividend_due,
    cast(chain.dividend_paid * 0.0001 as double) as dividend_paid,
    chain.households_paid,
    breaks.break_codes
from chain
cross join received
left join breaks
    on
        chain.fund_document_nos = breaks.fund_document_nos
        and chain.project_no = breaks.project_no
        and chain.asset_no = breaks.asset_no
where received.has_projects
