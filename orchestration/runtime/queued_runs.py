"""Make every run of a backfill one of a month, and queue a run whose process died again, before all that wait.

Belongs here: tags of runs, the copy of a dead run. Does not belong here: calling this (``whole_runs``), finding dead
runs (``dead_runs``).

Dagster's own retry comes too late for a queue of months: it queues the run behind all others, after the failure is
known, and needs the code server, which may have died with the run. Each later month would meanwhile be refused, because
it looks back on the month that is not finished.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from dagster import DagsterEvent, DagsterEventType, DagsterInstance, DagsterRun, DagsterRunStatus, RunsFilter
from dagster._core.execution.backfill import BulkActionStatus
from dagster._core.storage.tags import (
    ASSET_PARTITION_RANGE_END_TAG,
    ASSET_PARTITION_RANGE_START_TAG,
    AUTO_RETRY_RUN_ID_TAG,
    BACKFILL_ID_TAG,
    MAX_RETRIES_TAG,
    PARENT_RUN_ID_TAG,
    PARTITION_NAME_TAG,
    PRIORITY_TAG,
    RETRY_NUMBER_TAG,
    ROOT_RUN_ID_TAG,
)
from dagster._core.utils import make_new_run_id

REPEATED = "上一次运行的进程已中断,这里自动重新运行一次,排在其他月份之前。"
_PLANNED = {DagsterEventType.ASSET_MATERIALIZATION_PLANNED, DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED}


def with_month(tags: Mapping[str, str]) -> dict[str, str]:
    """Return the tags of a run with a range of one month as those of a run of that month.

    The page of the assets launches a backfill as runs over ranges, also if each has one month.
    """
    ends = ASSET_PARTITION_RANGE_START_TAG, ASSET_PARTITION_RANGE_END_TAG
    months = {tags.get(end) for end in ends}
    if len(months) > 1 or None in months:
        return dict(tags)
    kept = {name: value for name, value in tags.items() if name not in ends}
    return {**kept, PARTITION_NAME_TAG: tags[ASSET_PARTITION_RANGE_START_TAG]}


def queue_again(opened: DagsterInstance, dead: DagsterRun) -> None:
    """Queue a copy of a dead run once, if a backfill, a schedule or a sensor requested it.

    Call it before the run is reported as failed: a queue without a run in progress starts the next month. Daemon and
    code server both notice a dead run: the second one waits until the first has queued it.
    """
    with _one_at_a_time(Path(opened.root_directory)):
        if _is_repeated(opened, dead):
            _queue_copy(opened, dead)


def _queue_copy(opened: DagsterInstance, dead: DagsterRun) -> None:
    tags = {
        **dead.tags,
        PARENT_RUN_ID_TAG: dead.run_id,
        ROOT_RUN_ID_TAG: dead.root_run_id or dead.run_id,
        RETRY_NUMBER_TAG: "1",
        PRIORITY_TAG: str(int(dead.tags.get(PRIORITY_TAG, "0")) + 1),
    }
    again = dead.with_tags(tags)._replace(
        run_id=make_new_run_id(),
        status=DagsterRunStatus.NOT_STARTED,
        parent_run_id=dead.run_id,
        root_run_id=dead.root_run_id or dead.run_id,
    )
    opened.add_run(again)
    # What a run was to make says what is missing of a backfill.
    for entry in opened.all_logs(dead.run_id, of_type=_PLANNED):
        if entry.dagster_event:
            opened.report_dagster_event(entry.dagster_event, again.run_id)
    opened.report_engine_event(REPEATED, again)
    opened.add_run_tags(dead.run_id, {AUTO_RETRY_RUN_ID_TAG: again.run_id})
    opened.report_dagster_event(DagsterEvent.job_enqueue(again), again.run_id)


@contextmanager
def _one_at_a_time(dagster_home: Path) -> Iterator[None]:
    folder = os.open(dagster_home, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _is_repeated(opened: DagsterInstance, dead: DagsterRun) -> bool:
    """Return True unless a person watches the run, it is a repetition itself, or it was repeated or given up."""
    backfill = dead.tags.get(BACKFILL_ID_TAG)
    if RETRY_NUMBER_TAG in dead.tags or not (backfill or MAX_RETRIES_TAG in dead.tags):
        return False
    if backfill:
        found = opened.get_backfill(backfill)
        if found is None or found.status != BulkActionStatus.REQUESTED:
            return False
    return not opened.get_run_ids(RunsFilter(tags={PARENT_RUN_ID_TAG: dead.run_id}), limit=1)
