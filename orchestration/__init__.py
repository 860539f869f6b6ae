"""When things run and what is shown of them: Dagster, publishing, the command line.

Belongs here: assets, checks, partitions, jobs, schedules, resources, the switch-over to a published month, commands;
thin decorators around ``sources``, ``expectations`` and the dbt project.
Does not belong here: how a cell is read, whether a delivery is admissible, what a figure means.
"""
