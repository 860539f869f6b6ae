"""Make every run of a backfill one of a month, and queue a run again that died or was stopped, before all that wait.

A run dies if its process is killed. It is stopped if its process gets a signal that nobody sent for its sake, as at the
end of the services (Ctrl-C, ``systemctl stop``); a run that a person terminates is cancelled, and is not repeated.

Belongs here: tags of runs, the copy of such a run. Does not belong here: calling this (``whole_runs``), finding dead
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
from dagster._core.events import JobFailureData, RunFailureReason
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
REPEATED_AFTER_STOP = "上一次运行随服务的停止而中断,这里自动重新运行,排在其他月份之前。"
STOPS_TAG = "shouwang/stops"
"""Tag with the number of times that a run and those before it were stopped; Dagster's tag counts those that died."""
MOST_STOPS = 5
"""Times that a stopped run is repeated. Some systems stop whatever takes much memory, and would do so for ever."""
FOUND = frozenset({"已退回", "处理出错", "逾期未报", "尚未到期"})
"""Tags by which a run says which tables need somebody (``status_page.signs``); no run has those of another."""
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


def without_found(tags: Mapping[str, str]) -> dict[str, str]:
    """Return the tags that a repetition of a run keeps."""
    return {name: value for name, value in tags.items() if name not in FOUND}


def is_stopped(event: DagsterEvent) -> bool:
    """Return True for the failure of a run whose process got a signal, unless a person terminated the run."""
    why = event.event_specific_data if event.is_run_failure else None
    return isinstance(why, JobFailureData) and why.failure_reason == RunFailureReason.UNEXPECTED_TERMINATION


def queue_again(opened: DagsterInstance, ended: DagsterRun, *, stopped: bool = False) -> None:
    """Queue a copy of a dead or stopped run, if a backfill, a schedule or a sensor requested it.

    A dead run is repeated once, a stopped one ``MOST_STOPS`` times. Call it before the run is reported as failed: a
    queue without a run in progress starts the next month. Daemon and code server both notice a dead run: the second one
    waits until the first has queued it.
    """
    with _one_at_a_time(Path(opened.root_directory)):
        if _is_repeated(opened, ended, stopped):
            _queue_copy(opened, ended, stopped)


def _queue_copy(opened: DagsterInstance, ended: DagsterRun, stopped: bool) -> None:
    tags = {
        **without_found(ended.tags),
        **({STOPS_TAG: str(_stops(ended) + 1)} if stopped else {RETRY_NUMBER_TAG: "1"}),
        PARENT_RUN_ID_TAG: ended.run_id,
        ROOT_RUN_ID_TAG: ended.root_run_id or ended.run_id,
        PRIORITY_TAG: str(int(ended.tags.get(PRIORITY_TAG, "0")) + 1),
    }
    again = ended.with_tags(tags)._replace(
        run_id=make_new_run_id(),
        status=DagsterRunStatus.NOT_STARTED,
        parent_run_id=ended.run_id,
        root_run_id=ended.root_run_id or ended.run_id,
    )
    opened.add_run(again)
    # What a run was to make says what is missing of a backfill.
    for entry in opened.all_logs(ended.run_id, of_type=_PLANNED):
        if entry.dagster_event:
            opened.report_dagster_event(entry.dagster_event, again.run_id)
    opened.report_engine_event(REPEATED_AFTER_STOP if stopped else REPEATED, again)
    opened.add_run_tags(ended.run_id, {AUTO_RETRY_RUN_ID_TAG: again.run_id})
    opened.report_dagster_event(DagsterEvent.job_enqueue(again), again.run_id)


@contextmanager
def _one_at_a_time(dagster_home: Path) -> Iterator[None]:
    folder = os.open(dagster_home, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _stops(run: DagsterRun) -> int:
    return int(run.tags.get(STOPS_TAG, "0"))


def _is_repeated(opened: DagsterInstance, ended: DagsterRun, stopped: bool) -> bool:
    """Return True unless a person watches the run, it was repeated already or too often, or its backfill was ended."""
    backfill = ended.tags.get(BACKFILL_ID_TAG)
    is_worn_out = _stops(ended) >= MOST_STOPS if stopped else RETRY_NUMBER_TAG in ended.tags
    if is_worn_out or not ended.remote_job_origin or not (backfill or MAX_RETRIES_TAG in ended.tags):
        return False
    if backfill:
        found = opened.get_backfill(backfill)
        if found is None or found.status != BulkActionStatus.REQUESTED:
            return False
    return not opened.get_run_ids(RunsFilter(tags={PARENT_RUN_ID_TAG: ended.run_id}), limit=1)
