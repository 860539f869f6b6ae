"""Start runs: jobs, schedules, sensors, and the months to run again.

Belongs here: thin Dagster definitions. Does not belong here: the work that they start (``orchestration.assets``).
"""
