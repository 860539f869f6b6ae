"""The gate: judge with Great Expectations whether a delivery is admissible, before any table downstream sees it.

Belongs here: one suite per table (thresholds, severities, their reasons), validation, the wording of a verdict.
Does not belong here: reading files and cells (``sources``), keeping or dropping rows (``sources.acceptance``), Dagster.

Great Expectations takes seconds to import. Only ``gx_adapter`` and ``gx_expectations`` import it, and ``gate`` imports
``gx_adapter`` to judge the first delivery. Declaring expectations (``gate.groups``) does not import it.
"""
