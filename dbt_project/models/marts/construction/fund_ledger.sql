{{ config(**month_incremental()) }}

select
    {{ month_start() }} as month,
    cast(fund_year as integer) as fund_year,
    fund_level,
    cast(sum(allocated) as double) as allocated,
    cast(sum(spent) as double) as spent,
    cast(sum(allocated) - sum(spent) as double) as balance,
    cast(sum({{ industry_part() }}) as double) as industry_allocated,
    cast(coalesce(sum(allocated) filter (where {{ industry_part() }} is not null), 0) as double)
        as purpose_known_allocated
from ({{ snapshot_rows('agriculture', 'support_funds') }}) as allocations
group by fund_year, fund_level
