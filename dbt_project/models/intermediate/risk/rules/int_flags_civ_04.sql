-- Flags payments of the month to members, living or dead, for a sudden event.
with payments as (

    select * from {{ ref('stg_civil_affairs__temporary_assistance') }}
    where extract_month <= {{ month_start() }}
    qualify row_number() over (partition by payment_no order by extract_month desc, row_order desc) = 1

)

select
    'CIV-04' as rule_code,
    members.household_key,
    count(distinct payments.payment_no) as measure,
    1 as threshold,
    count(distinct members.person_key) as persons,
    {{ evidence(row_reference('civil_affairs', 'temporary_assistance', 'payments')) }} as evidence
from payments
inner join {{ ref('int_members') }} as members on payments.person_key = members.person_key
where
    payments.assisted_on >= {{ month_start() }}
    and payments.assisted_on <= {{ month_end() }}
    and payments.reason <> '其他'
group by members.household_key
