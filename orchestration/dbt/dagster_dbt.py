"""Import dagster-dbt without dbt: it runs in a process of its own, and importing it takes a third of starting Dagster.

Belongs here: the names of dagster-dbt that this program uses. Does not belong here: how they are used (``assets``).

dagster-dbt imports dbt if it is installed, to select nodes and to read the project; for the whole of a given manifest
it needs neither (``dagster_dbt.compat`` and ``select_unique_ids``, 0.29.27).
"""

from __future__ import annotations

import sys

_PROBE = "dbt.version"
if _PROBE not in sys.modules:
    # An import of a module that is None raises ImportError, as if dbt were not installed.
    sys.modules[_PROBE] = None  # type: ignore[assignment]
    try:
        import dagster_dbt.compat  # noqa: F401
    finally:
        del sys.modules[_PROBE]

from dagster_dbt import (  # noqa: E402
    DagsterDbtTranslator,
    DagsterDbtTranslatorSettings,
    DbtCliInvocation,
    DbtCliResource,
    DbtProject,
    dbt_assets,
)

__all__ = [
    "DagsterDbtTranslator",
    "DagsterDbtTranslatorSettings",
    "DbtCliInvocation",
    "DbtCliResource",
    "DbtProject",
    "dbt_assets",
]
