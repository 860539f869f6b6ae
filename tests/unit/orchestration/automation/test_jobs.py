"""Queued months start in order, whoever queued them in which order."""

from __future__ import annotations

from dagster._core.storage.dagster_run import DagsterRun
from dagster._daemon.run_coordinator.queued_run_coordinator_daemon import QueuedRunCoordinatorDaemon

from orchestration.automation.jobs import monthly_run
from orchestration.definitions import defs
from orchestration.partitions import MONTHS


def _queued(month: str) -> DagsterRun:
    config = defs.resolve_job_def(monthly_run.name).partitioned_config
    assert config
    tags = config.get_tags_for_partition_key(month, job_name=monthly_run.name)
    return DagsterRun(monthly_run.name, tags=dict(tags))


def test_the_earliest_month_starts_first() -> None:
    chosen = ["2021-06", "2020-12", "2021-01", "2024-02"]
    assert set(chosen) <= set(MONTHS.get_partition_keys())
    daemon = QueuedRunCoordinatorDaemon(interval_seconds=1)
    started = daemon._priority_sort([_queued(month) for month in chosen])
    assert [run.tags["dagster/partition"] for run in started] == sorted(chosen)
