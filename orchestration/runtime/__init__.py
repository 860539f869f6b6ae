"""What every run needs: settings, the lock, Dagster's instance, errors, progress.

Belongs here: services without knowledge of assets. Does not belong here: what runs (``orchestration.assets``).
"""
