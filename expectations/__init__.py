"""The gate: which deliveries are admissible, decided by Great Expectations before anything downstream sees them.

Belongs here: suites per table (thresholds, severities, their reasons), running them, wording the verdict.
Does not belong here: reading files and cells (``sources``), keeping or dropping rows (``sources.acceptance``), Dagster.

Great Expectations takes seconds to import, so only ``gx_adapter`` and ``gx_expectations`` import it, and ``gate``
imports ``gx_adapter`` when the first delivery is judged. Declaring checks (``gate.groups``) costs no such import.
"""
