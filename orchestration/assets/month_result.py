"""Record the result of a check under the month of its run.

Belongs here: one class. Does not belong here: what is checked (``checks``), which month the UI shows first
(``runtime.newest_month``).

Checks are not partitioned: the list of a partitioned check is red as soon as any month failed, for ever, and shows no
month (docs/decisions.md). An unpartitioned check would lose its month, so the evaluation is given the month here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagster import AssetCheckEvaluation, AssetCheckResult, AssetKey
from dagster_shared.record import replace

if TYPE_CHECKING:
    from dagster import AssetCheckKey
    from dagster._core.definitions.asset_checks.asset_check_evaluation import (
        AssetCheckEvaluationTargetMaterializationData as Target,
    )
    from dagster._core.execution.context.system import StepExecutionContext

_made: dict[tuple[str, int, AssetKey], Target] = {}
"""What the newest attempt of a step made, by run, attempt and asset."""


class MonthResult(AssetCheckResult):
    """A check result that Dagster records under the month of the run, and under no other."""

    def to_asset_check_evaluation(self, step_context: StepExecutionContext) -> AssetCheckEvaluation:
        """Return the evaluation with the month as its partition, which names the month in the UI as well."""
        return replace(super().to_asset_check_evaluation(step_context), partition=step_context.partition_key)

    def _get_target_materialization_data(
        self, step_context: StepExecutionContext, check_key: AssetCheckKey
    ) -> Target | None:
        """Return the checked materialization. Once this attempt has made it, it is the newest: do not look again.

        Dagster looks twice for each of 300 checks; a run makes an asset of its month once.
        """
        run, attempt = step_context.run_id, step_context.previous_attempt_count
        key = (run, attempt, check_key.asset_key)
        if key not in _made:
            found = super()._get_target_materialization_data(step_context, check_key)
            if found is None or found.run_id != run:
                return found
            if any(known[:2] != key[:2] for known in _made):
                _made.clear()
            _made[key] = found
        return _made[key]
