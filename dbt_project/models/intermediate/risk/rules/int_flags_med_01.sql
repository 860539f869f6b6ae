-- Flags inpatient self-payment of living members since 1 January. Registered or monitored households have their own
-- line.
with lines as (

    select
        division_code as town_code,
        max(value) filter (where parameter = 'inpatient_self_paid_registered') as registered,
        max(value) filter (where parameter = 'inpatient_self_paid_ordinary') as ordinary
    from {{ ref('int_parameter_values') }}
    where month = {{ month_start() }}
    group by division_code

),

payments as (

    select
        households.household_key,
        households.living_members,
        inpatient.self_paid,
        case
            when households.is_registered or households.is_monitored then lines.registered
            else lines.ordinary
        end as line
    from {{ ref('int_inpatient_self_payments') }} as inpatient
    inner join {{ ref('int_households') }} as households on inpatient.household_key = households.household_key
    inner join lines on households.town_code = lines.town_code

)

select
    'MED-01' as rule_code,
    payments.household_key,
    cast(payments.self_paid as double) as measure,
    cast(payments.line as double) as threshold,
    payments.living_members as persons,
    {{ evidence(row_reference('health', 'medical_settlements', 'settlements')) }} as evidence
from payments
inner join {{ ref('int_settlements') }} as settlements
    on
        payments.household_key = settlements.household_key
        and settlements.care_type = '住院'
where payments.self_paid >= payments.line
group by payments.household_key, payments.self_paid, payments.line, payments.living_members
