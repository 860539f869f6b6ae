select
    datasets.dataset,
    datasets.department,
    datasets.label_zh,
    datasets.cadence,
    datasets.extract_mode,
    due_days.due_day
from {{ ref('datasets') }} as datasets
inner join {{ ref('due_days') }} as due_days on datasets.department = due_days.department
