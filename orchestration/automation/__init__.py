"""What starts runs: jobs, schedules, sensors.

Belongs here: thin Dagster definitions. Does not belong here: the work they start (``orchestration.assets``).
"""
