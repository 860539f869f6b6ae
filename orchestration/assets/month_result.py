"""Record the result of a check under the month of its run.

Belongs here: one class. Does not belong here: what is checked (``checks``), which month the UI shows first
(``runtime.newest_month``).

Checks are not partitioned: the list of a partitioned check is red as soon as any month failed, for ever, and shows no
month (docs/decisions.md). An unpartitioned check would lose its month, so the evaluation is given the month here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagster import AssetCheckEvaluation, AssetCheckResult
from dagster_shared.record import replace

if TYPE_CHECKING:
    from dagster._core.execution.context.system import StepExecutionContext


class MonthResult(AssetCheckResult):
    """A check result that Dagster records under the month of the run, and under no other."""

    def to_asset_check_evaluation(self, step_context: StepExecutionContext) -> AssetCheckEvaluation:
        """Return the evaluation with the month as its partition, which names the month in the UI as well."""
        return replace(super().to_asset_check_evaluation(step_context), partition=step_context.partition_key)
