"""Run the stages and show their results: Dagster, publishing, the command line.

Belongs here: thin decorators around ``sources``, ``expectations`` and the dbt project (assets, checks, partitions,
jobs, schedules, sensors, resources), the switch-over to a published month, commands.
Does not belong here: reading cells, judging deliveries, computing figures.
"""
