select
    dataset,
    department,
    label_zh,
    cadence,
    extract_mode,
    due_day
from {{ ref('datasets') }}
