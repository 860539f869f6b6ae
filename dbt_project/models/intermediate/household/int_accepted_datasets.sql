select
    department,
    dataset,
    extract_month as month
from {{ ref('stg_intake__deliveries') }}
where is_in_force
group by department, dataset, extract_month
