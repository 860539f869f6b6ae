"""Serve every run: settings, the lock, Dagster's instance, errors, progress.

Belongs here: services that know no assets. Does not belong here: the steps of a run (``orchestration.assets``).
"""
