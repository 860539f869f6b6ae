select
    household_key,
    sum(self_paid) as self_paid
from {{ ref('int_settlements') }}
where care_type = '住院'
group by household_key
