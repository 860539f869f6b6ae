{{ config(alias='project_chain') }}

-- The chain for every reader: what an asset paid to fewer households than disclosure_min_cell is not shown, and as many
-- others with the fewest households as it takes that two or more are hidden, and their households are not few.
with smallest as (

    select
        known.month,
        max(known.value) as k
    from {{ ref('int_parameter_values') }} as known
    inner join {{ ref('districts') }} as districts on known.division_code = districts.district_code
    where known.parameter = 'disclosure_min_cell'
    group by known.month

),

counted as (

    select
        chain.month,
        chain.asset_no,
        chain.households_paid,
        smallest.k,
        min(chain.households_paid) filter (where chain.households_paid > 0) over (partition by chain.month) as fewest,
        count(*) over before as assets_before,
        sum(chain.households_paid) over before as households_before
    from {{ ref('project_chain') }} as chain
    inner join smallest on chain.month = smallest.month
    where chain.households_paid is not null
    window before as (
        partition by chain.month, chain.households_paid > 0
        order by chain.households_paid, chain.asset_no
        rows between unbounded preceding and 1 preceding
    )

),

paid as (

    select
        month,
        asset_no,
        households_paid = 0
        or fewest >= k
        or (households_paid >= k and assets_before >= 2 and households_before >= k) as is_shown
    from counted

)

select
    chain.month,
    chain.fund_document_nos,
    chain.project_no,
    chain.asset_no,
    chain.project_name,
    chain.project_class,
    chain.stage,
    chain.division_code,
    chain.town_code,
    chain.completed_on,
    chain.planned,
    chain.arrived,
    chain.spent,
    chain.unlinked_allocated,
    chain.unlinked_spent,
    chain.asset_name,
    chain.asset_class,
    chain.asset_status,
    chain.original_value,
    chain.owner,
    chain.has_beneficiary,
    chain.dividend_year,
    chain.dividend_due,
    case when paid.is_shown then chain.dividend_paid end as dividend_paid,
    case when paid.is_shown then chain.households_paid end as households_paid,
    chain.break_codes
from {{ ref('project_chain') }} as chain
left join paid
    on
        chain.month = paid.month
        and chain.asset_no = paid.asset_no
