"""Remove what old runs leave in Dagster's home, and keep what its pages show of them over months.

Belongs here: the logs of single runs. Does not belong here: how long they are kept (settings), what was delivered
(``sources.retention``), ticks (``dagster.yaml`` says how long Dagster keeps them).

Every run has a database with its log, and files with what its steps printed. Materializations and check results are in
the common index as well, and runs in a database of theirs: timeline, plots and partitions read these only. Dagster's
own deletion of a run would take the run and its materializations from them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.runtime.dagster_database import DagsterDatabase
from orchestration.runtime.records import run_databases
from orchestration.runtime.settings import Settings
from orchestration.working_days import ZONE
from sources.months import Month

if TYPE_CHECKING:
    from dagster import DagsterInstance
    from dagster._core.storage.dagster_run import RunRecord

_RUN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_BESIDE = ("-wal", "-shm", "-journal")
"""Endings of the files that SQLite keeps beside a database."""


@dataclass(frozen=True)
class OldLog:
    """A part of the log of a run that ended in a month."""

    month: Month
    run: str
    path: Path | None
    """The file; None for rows of the database."""
    size: int


def old_logs(settings: Settings, opened: DagsterInstance, months: int | None, today: date) -> list[OldLog]:
    """List the logs of the runs that ended more than ``months`` months before the current one; None lists none."""
    if months is None:
        return []
    first = Month(today.year, today.month).shift(-months)
    # Dagster's storage takes every time for one in UTC, whatever its zone.
    return _of_runs(settings, _ended(opened, datetime(first.year, first.number, 1, tzinfo=ZONE).astimezone(UTC)))


def _of_runs(settings: Settings, ended: dict[str, Month]) -> list[OldLog]:
    files = [OldLog(ended[run], run, path, path.stat().st_size) for run, path in _logs(settings) if run in ended]
    return files + _rows(settings.dagster_database, ended)


def remove_logs(settings: Settings, logs: list[OldLog]) -> None:
    """Remove the files of logs, and their rows in the database. May be repeated after a kill."""
    for log in logs:
        if log.path:
            log.path.unlink(missing_ok=True)
        elif settings.dagster_database:
            settings.dagster_database.rows(f"delete from {_LOG}", ([log.run], _kept_events()))  # noqa: S608


def remove_superseded(settings: Settings, opened: DagsterInstance, month: str) -> None:
    """Remove the logs of the runs of a month that ended before its newest successful whole run, and its repeats.

    Their materializations stay, and the results of checks that failed. May be repeated after a kill.
    """
    from dagster import DagsterEventType, DagsterRunStatus, RunsFilter
    from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus
    from dagster._core.storage.dagster_run import FINISHED_STATUSES
    from dagster._core.storage.event_log import SqlEventLogStorage
    from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable as Results
    from dagster._core.storage.event_log.schema import SqlEventLogStorageTable as Events
    from dagster._core.storage.tags import PARTITION_NAME_TAG
    from sqlalchemy import delete

    of_month = RunsFilter(statuses=list(FINISHED_STATUSES), tags={PARTITION_NAME_TAG: month})
    records = opened.get_run_records(of_month)
    runs = [record.dagster_run for record in records]
    whole = [run.status == DagsterRunStatus.SUCCESS and not run.asset_selection for run in runs]
    ended = _by_month(records[whole.index(True) + 1 :]) if True in whole else {}
    if not ended:
        return
    remove_logs(settings, _of_runs(settings, ended))
    # Plans are over, and each result is kept a second time, where the pages of checks read it.
    kinds = ("ASSET_MATERIALIZATION_PLANNED", "ASSET_CHECK_EVALUATION_PLANNED", "ASSET_CHECK_EVALUATION")
    twice = [DagsterEventType[kind].value for kind in kinds]
    storage = opened.event_log_storage
    assert isinstance(storage, SqlEventLogStorage)  # noqa: S101 - both storages of ``dagster.yaml`` are
    passed = Results.c.execution_status == AssetCheckExecutionRecordStatus.SUCCEEDED.value
    with storage.index_connection() as connection:
        connection.execute(delete(Events).where(Events.c.run_id.in_(ended), Events.c.dagster_event_type.in_(twice)))
        # One that failed says what was wrong with an earlier delivery.
        connection.execute(delete(Results).where(Results.c.run_id.in_(ended), passed))


def _ended(opened: DagsterInstance, before: datetime) -> dict[str, Month]:
    """Map the finished runs that nothing has changed since a time to the month of their last change."""
    from dagster import RunsFilter
    from dagster._core.storage.dagster_run import FINISHED_STATUSES

    return _by_month(opened.get_run_records(RunsFilter(statuses=list(FINISHED_STATUSES), updated_before=before)))


def _by_month(records: Sequence[RunRecord]) -> dict[str, Month]:
    moments = {record.dagster_run.run_id: record.update_timestamp.astimezone(ZONE) for record in records}
    return {run: Month(moment.year, moment.month) for run, moment in moments.items()}


def _logs(settings: Settings) -> Iterator[tuple[str, Path]]:
    """Yield every file of the log of a single run, with the run."""
    for database in run_databases(settings):
        if _RUN.fullmatch(database.stem):
            yield database.stem, database
            beside = (database.with_name(database.name + ending) for ending in _BESIDE)
            yield from ((database.stem, file) for file in beside if file.exists())
    for folder in sorted((settings.dagster_home / "storage").glob("*")):
        if _RUN.fullmatch(folder.name):
            yield from ((folder.name, file) for file in sorted(folder.rglob("*")) if file.is_file())


_LOG = "event_logs where run_id = any(%s) and coalesce(dagster_event_type, '') <> all(%s)"
"""The rows of runs that no page of months reads."""


def _rows(database: DagsterDatabase | None, ended: dict[str, Month]) -> list[OldLog]:
    """List the logs of runs that are rows of a database. Raises DagsterDatabaseError."""
    query = f"select run_id, sum(octet_length(event)) from {_LOG} group by run_id order by run_id"  # noqa: S608
    found = database.rows(query, (list(ended), _kept_events())) if database and ended else []
    return [OldLog(ended[run], run, None, int(size)) for run, size in found]


def _kept_events() -> list[str]:
    """Name the events that Dagster's SQLite storage keeps in the common index."""
    from dagster._core.events import ASSET_CHECK_EVENTS, ASSET_EVENTS, EVENT_TYPE_TO_PIPELINE_RUN_STATUS

    return [event.value for event in (*ASSET_EVENTS, *ASSET_CHECK_EVENTS, *EVENT_TYPE_TO_PIPELINE_RUN_STATUS)]
