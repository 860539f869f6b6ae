-- Sums what a household paid itself within the rules, as far as it counts against its income: a share of the medical
-- self-payment of the twelve months, education and other rigid expenses up to their caps. Members who died count: the
-- family has paid. Months in which a table or a parameter lacks have no rows.
with accepted as (

    select count(distinct dataset) = 2 as is_complete
    from {{ ref('int_accepted_datasets') }}
    where
        month = {{ month_start() }}
        and dataset in ('household_income', 'medical_settlements')

),

limits as (

    select
        division_code as town_code,
        cast(max(value) filter (where parameter = 'recognition_medical_share_pct') as decimal(9, 4)) as medical_share,
        max(value) filter (where parameter = 'recognition_education_cap') as education_cap,
        max(value) filter (where parameter = 'recognition_other_cap') as other_cap
    from {{ ref('int_month_parameters') }}
    group by division_code

),

medical as (

    select
        household_key,
        cast(greatest(sum(self_paid), 0) as decimal(24, 10)) as self_paid
    from {{ ref('int_settlements_of_year') }}
    group by household_key

)

select
    households.household_key,
    cast(
        coalesce(medical.self_paid, 0) * limits.medical_share * 0.01
        + least(coalesce(income.education_self_paid, 0), limits.education_cap)
        + least(coalesce(income.other_rigid_expense, 0), limits.other_cap)
        as decimal(28, 10)
    ) as compliant_self_paid
from {{ ref('int_households') }} as households
cross join accepted
inner join limits on households.town_code = limits.town_code
left join medical on households.household_key = medical.household_key
left join {{ ref('stg_agriculture__household_income') }} as income
    on
        households.household_key = income.household_key
        and income.extract_month = {{ month_start() }}
where
    accepted.is_complete
    and limits.medical_share is not null
    and limits.education_cap is not null
    and limits.other_cap is not null
