"""Close the runs whose process is gone, so that they block nothing.

Belongs here: the mark of a run's process, closing dead runs, holding the data home for a run.
Does not belong here: the lock itself (``locks``), asking while nobody runs (``launcher``).

A killed process writes no last event: its run stays STARTED, counts against ``max_concurrent_runs`` and keeps its slot
in a pool. A mark is a file that the process of a run keeps locked until it ends. The operating system releases the lock
however the process ends, so a mark needs no process id, start time or boot id.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

from orchestration.runtime import locks
from orchestration.runtime.settings import Settings

if TYPE_CHECKING:
    from dagster import DagsterInstance, DagsterRun
    from dagster._core.storage.dagster_run import RunRecord

REASON = "运行进程已中断。"
MARKS = "workers"
"""Folder of the marks, in Dagster's home."""
START_SECONDS = 180.0
"""Time that a run may take to set its mark; Dagster's own monitoring allows a run as long to start."""
LOCK_WAIT_SECONDS = 3600.0
"""Longest wait for another process on the same home; it is many times the duration of a month."""

_marks: dict[str, IO[str]] = {}
"""Marks of this process by run; kept until it ends, because the last events of a run follow its teardown."""


def mark(dagster_home: Path, run_id: str) -> None:
    """Mark the run as one of this process, until the process ends or marks its next run."""
    if run_id in _marks:
        return
    file = _mark_file(dagster_home, run_id)
    file.parent.mkdir(exist_ok=True)
    new = file.with_name(f".{run_id}-{os.getpid()}")
    handle = new.open("w", encoding="utf-8")
    fcntl.flock(handle, fcntl.LOCK_EX)
    # The mark appears locked: nobody may find it before.
    new.replace(file)
    for earlier in _marks.values():
        earlier.close()
    _marks.clear()
    _marks[run_id] = handle


def has_process(dagster_home: Path, run_id: str) -> bool | None:
    """Return whether the process of a run is alive; None if the run has no mark."""
    if run_id in _marks:
        return True
    try:
        with _mark_file(dagster_home, run_id).open(encoding="utf-8") as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return True
    return False


def is_dead(dagster_home: Path, record: RunRecord) -> bool:
    """Return whether an unfinished run has lost its process, or has had none for ``START_SECONDS``."""
    alive = has_process(dagster_home, record.dagster_run.run_id)
    if alive is None:
        return (datetime.now(UTC) - record.update_timestamp).total_seconds() > START_SECONDS
    return not alive


def close_dead_runs(opened: DagsterInstance, dagster_home: Path, own_run_id: str) -> list[str]:
    """Mark dead runs as failed, or as cancelled if that was asked, and free the pool slots of all other runs.

    Call it with the home locked: no other run executes a step then, so none of them needs a slot. Queued runs have no
    process yet and stay. Returns the ids of the closed runs.
    """
    from dagster import DagsterRunStatus, RunsFilter

    launched = [
        DagsterRunStatus.NOT_STARTED,
        DagsterRunStatus.STARTING,
        DagsterRunStatus.STARTED,
        DagsterRunStatus.CANCELING,
    ]
    others = [r for r in opened.get_run_records(RunsFilter(statuses=launched)) if r.dagster_run.run_id != own_run_id]
    closed = [r.dagster_run.run_id for r in others if is_dead(dagster_home, r) and _close(opened, r.dagster_run.run_id)]
    for run_id in _with_slots(opened) - {own_run_id}:
        opened.event_log_storage.free_concurrency_slots_for_run(run_id)
    _remove_marks(opened, dagster_home)
    return closed


@contextmanager
def working(settings: Settings, opened: DagsterInstance, run: DagsterRun, say: Callable[[str], None]) -> Iterator[None]:
    """Hold the data home for a run, after closing what dead runs left; ``say`` tells a person what the run waits for.

    Raises HomeBusyError if another process keeps the home for ``LOCK_WAIT_SECONDS``, DagsterExecutionInterruptedError
    if the run was closed while it waited: Dagster then keeps the status that the run has.
    """
    from dagster import DagsterExecutionInterruptedError

    mark(settings.dagster_home, run.run_id)
    what = f"{run.tags.get('dagster/partition', '')} 的运行 {run.run_id[:8]}".strip()
    with locks.holding(settings.home, what, LOCK_WAIT_SECONDS, say):
        for dead in close_dead_runs(opened, settings.dagster_home, run.run_id):
            say(f"运行 {dead[:8]} 的进程已中断,已标记为失败,占用的资源已释放。")
        now = opened.get_run_by_id(run.run_id)
        if now is None or now.is_finished:
            say("本次运行在等待期间已被取消、删除或标记为失败,不再执行;如有需要请重新运行。")
            raise DagsterExecutionInterruptedError
        yield


def _mark_file(dagster_home: Path, run_id: str) -> Path:
    return dagster_home / MARKS / run_id


def _close(opened: DagsterInstance, run_id: str) -> bool:
    """Close a run that has no process; False if it is finished, read after the process was seen to be gone."""
    from dagster import DagsterRunStatus

    run = opened.get_run_by_id(run_id)
    if run is None or run.is_finished:
        return False
    if run.status == DagsterRunStatus.CANCELING:
        opened.report_run_canceled(run, REASON)
    else:
        opened.report_run_failed(run, REASON)
    return True


def _with_slots(opened: DagsterInstance) -> set[str]:
    """Return the ids of the runs that hold a slot of a pool or wait for one."""
    storage = opened.event_log_storage
    claimed = storage.get_concurrency_infos(sorted(storage.get_concurrency_keys())).values()
    return storage.get_concurrency_run_ids() | {slot.run_id for pool in claimed for slot in pool.claimed_slots}


def _remove_marks(opened: DagsterInstance, dagster_home: Path) -> None:
    """Remove the marks of runs that are finished or deleted and whose process has ended."""
    for file in (dagster_home / MARKS).glob("*"):
        run = opened.get_run_by_id(file.name.removeprefix(".")[:36])
        if (run is None or run.is_finished) and has_process(dagster_home, file.name) is False:
            with suppress(FileNotFoundError):
                file.unlink()
