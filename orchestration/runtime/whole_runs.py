"""Repeat a failed run as a whole: what made it fail may have been mended in the departments' files.

Belongs here: one instance class, named in the ``dagster.yaml`` that ``instance`` writes.
Does not belong here: when a run is repeated (Dagster's web server and daemon), what a step needs (``assets``).

"From failure" repeats the steps that failed or did not run. A month mostly fails because a table is missing or wrong,
and it fails in a step after the intake. Repeated alone, that step fails again whatever was delivered meanwhile: nothing
lands and nothing is taken in. Steps that had succeeded find nothing new to do, and change nothing.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from functools import reduce
from typing import Any

from dagster import DagsterEvent, DagsterInstance, DagsterRun, EventLogEntry
from dagster._core.definitions.assets.graph.asset_graph_subset import AssetGraphSubset
from dagster._core.execution.backfill import PartitionBackfill
from dagster._core.execution.plan.resume_retry import ReexecutionStrategy
from dagster._core.instance import InstanceRef
from dagster._core.storage.tags import PARENT_BACKFILL_ID_TAG

from orchestration.runtime.queued_runs import is_stopped, queue_again, with_month, without_found

LAUNCHED_BY = "user"
"""Tag that the web server shows as who launched a run."""
PLANNED_AT_ONCE = 10_000
"""Planned events that are stored in one transaction: those of a month are some 650."""
REPEATED_WHOLE = (
    "“从失败处重试”已改为重新运行全部步骤:补报和更正的文件要先收取、接收,后面的步骤才能用到。"
    "已经成功的步骤重复运行,结果不变。"
)
WHOLE_MONTHS = "没有完成的月份从收件起重新运行这次回填的全部资产:补报和更正的文件要先收取、接收。"


class WholeRunsInstance(DagsterInstance):
    """An instance whose runs are of one month each, and that repeats all steps of a run, whatever the strategy.

    A dead or stopped run that nobody watches is repeated by itself, before the other runs of the queue.
    """

    @staticmethod
    def config_schema() -> Mapping[str, Any]:
        """Return no settings: Dagster asks every class that ``dagster.yaml`` names."""
        return {}

    @staticmethod
    def config_defaults(base_dir: str) -> Mapping[str, Any]:
        """Return Dagster's own defaults."""
        return InstanceRef.config_defaults(base_dir)

    def create_run(self, *, tags: Mapping[str, Any] | None, **others: Any) -> DagsterRun:
        """Create a run; one over a range with a single month is a run of that month."""
        return super().create_run(tags=with_month(tags or {}), **others)

    def report_run_failed(self, dagster_run: DagsterRun, *about: Any, **others: Any) -> DagsterEvent:
        """Report a run that ended without saying so; first queue it again if nobody watches it."""
        queue_again(self, dagster_run)
        return super().report_run_failed(dagster_run, *about, **others)

    def handle_new_event(self, event: EventLogEntry, **others: Any) -> None:
        """Store an event; first queue a run again that says that it was stopped, if nobody watches it."""
        if event.dagster_event and is_stopped(event.dagster_event) and (run := self.get_run_by_id(event.run_id)):
            queue_again(self, run, stopped=True)
        super().handle_new_event(event, **others)

    def should_store_event(self, event: EventLogEntry) -> bool:
        """Store no outputs of steps, a third of a month's events.

        Each is of an asset or a check, which has an event of its own. Dagster reads outputs to repeat a part of a run,
        for steps that take values; ours take none (``NoValues``).
        """
        is_output = event.dagster_event is not None and event.dagster_event.is_successful_output
        return not is_output and super().should_store_event(event)

    def _get_event_batch_size(self) -> int:
        """Return how many events of a batch are stored at once; what a run plans is a batch."""
        return PLANNED_AT_ONCE

    def create_reexecuted_run(
        self, *, parent_run: DagsterRun, strategy: ReexecutionStrategy, **others: Any
    ) -> DagsterRun:
        """Create a run of all steps of the parent's job and selection; who launched the parent did not launch this."""
        inherited = {key: value for key, value in without_found(parent_run.tags).items() if key != LAUNCHED_BY}
        parent, whole = parent_run.with_tags(inherited), ReexecutionStrategy.ALL_STEPS
        run = super().create_reexecuted_run(parent_run=parent, strategy=whole, **others)
        if strategy != whole:
            self.report_engine_event(REPEATED_WHOLE, run)
        return run

    def add_backfill(self, partition_backfill: PartitionBackfill) -> None:
        """Add a backfill; one that repeats the rest of another repeats all its assets in each month with a rest."""
        parent = self.get_backfill(partition_backfill.tags.get(PARENT_BACKFILL_ID_TAG, ""))
        if parent and parent.asset_backfill_data and (asked := partition_backfill.asset_backfill_data):
            target = whole_months(parent.asset_backfill_data.target_subset, asked.target_subset)
            if target != asked.target_subset:
                partition_backfill = partition_backfill._replace(
                    asset_backfill_data=asked._replace(target_subset=target),
                    asset_selection=list(target.asset_keys),
                    description=WHOLE_MONTHS,
                )
        super().add_backfill(partition_backfill)


def whole_months(target: AssetGraphSubset, rest: AssetGraphSubset) -> AssetGraphSubset:
    """Return all assets of ``target`` in the months in which ``rest`` has any."""
    months = reduce(operator.or_, rest.partitions_subsets_by_asset_key.values())
    chosen = {key: of & months for key, of in target.partitions_subsets_by_asset_key.items()}
    return target._replace(partitions_subsets_by_asset_key=chosen)
