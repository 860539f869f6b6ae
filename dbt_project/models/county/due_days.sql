select
    department,
    due_day
from {{ accepted_rows('reference', 'due_days') }}
