-- Finds assets that break the title rule of their level (REC-14), and villages whose subsidies differ from the
-- villagers' contributions, capped by the levy (REC-15).
{%- set levy = district_parameter('cleaning_levy_per_person_month') %}

with assets as (

    select * from ({{ snapshot_rows('agriculture', 'project_assets') }}) as registered
    where not ({{ keeps_title_rule() }})

),

funds as (

    select
        *,
        least(villagers_raised, registered_population * {{ levy }}) as matched_amount
    from ({{ snapshot_rows('agriculture', 'cleaning_fund') }}) as delivered

)

select {{ conflict_row(
    "'REC-14'", 'assets.asset_no', 'agriculture', 'project_assets', 'assets', json_object({
        'implementation_level': 'assets.implementation_level',
        'owner': 'assets.owner',
        'is_registered': 'assets.is_registered',
        'is_title_confirmed': 'assets.is_title_confirmed',
    }), 1
) }}
from assets

union all

select {{ conflict_row(
    "'REC-15'", 'funds.division_code', 'agriculture', 'cleaning_fund', 'funds', json_object({
        'matched_amount': 'cast(funds.matched_amount as double)',
        'villagers_raised': 'cast(funds.villagers_raised as double)',
        'town_paid': 'cast(funds.town_paid as double)',
        'district_paid': 'cast(funds.district_paid as double)',
    }), 1
) }}
from funds
-- Amounts within half a cent are equal.
where
    abs(funds.town_paid - funds.matched_amount) > 0.005
    or abs(funds.district_paid - funds.matched_amount) > 0.005
