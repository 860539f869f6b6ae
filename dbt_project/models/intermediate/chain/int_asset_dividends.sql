{%- set grace = district_parameter('dividend_grace_days') -%}

-- Says of every asset what it owes in dividends for the newest year whose days of grace are over on the asset list's
-- day, and what was paid for that year. Amounts are in 元. Not due is null: it owes nothing, or nobody said from when.
with assets as (

    select
        *,
        {{ document_number('asset_no') }} as number,
        -- The newest year whose last day lies at least the days of grace back.
        extract(year from cast({{ dbt.dateadd(
            'day', '1 - cast(' ~ grace ~ ' as integer)', 'last_day(extract_month)'
        ) }} as date)) - 1 as dividend_year
    from ({{ snapshot_rows('agriculture', 'project_assets') }}) as registered

),

projects as (

    select
        {{ document_number('project_no') }} as number,
        max(completed_on) as completed_on
    from ({{ snapshot_rows('agriculture', 'project_library') }}) as listed
    group by {{ document_number('project_no') }}

),

payments as (

    select
        {{ document_number('asset_no') }} as number,
        coalesce(dividend_year, extract(year from paid_on)) as dividend_year,
        sum(amount) as paid,
        count(distinct household_key) as households_paid
    from (
        {{ cumulative_rows('agriculture', 'industry_support_payments', ['payment_no'], 'paid_on') }}
    ) as paid
    where
        payment_type = '资产收益分红'
        and asset_no is not null
    group by {{ document_number('asset_no') }}, coalesce(dividend_year, extract(year from paid_on))

)

select
    assets.asset_no,
    cast(assets.dividend_year as integer) as dividend_year,
    case
        when
            assets.annual_dividend > 0
            and assets.asset_status <> '报废'
            and coalesce(assets.dividend_from_year, extract(year from projects.completed_on) + 1)
            <= assets.dividend_year
            then cast(assets.annual_dividend * 10000 as decimal(28, 10))
    end as due,
    case when assets.dividend_year is not null then cast(coalesce(payments.paid, 0) as decimal(28, 10)) end as paid,
    case when assets.dividend_year is not null then cast(coalesce(payments.households_paid, 0) as integer) end
        as households_paid
from assets
left join projects on {{ document_number('assets.project_no') }} = projects.number
left join payments
    on
        assets.number = payments.number
        and assets.dividend_year = payments.dividend_year
