"""Ask Dagster's records simple questions without Dagster: the answer comes at once.

Belongs here: queries that SQLite and PostgreSQL both run. Does not belong here: opening the instance (``instance``),
damage (``records``), words (``commands.doctor``).
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing, suppress
from datetime import datetime
from typing import Any

from orchestration.runtime.dagster_database import DagsterDatabaseError
from orchestration.runtime.settings import Settings

_UNFINISHED = (
    "select coalesce(partition, ''), substr(run_id, 1, 8), status from runs where status in"
    " ('QUEUED', 'NOT_STARTED', 'STARTING', 'STARTED', 'CANCELING') order by id"
)
_HEARTBEAT = "select max(timestamp) from daemon_heartbeats"


def unfinished_runs(settings: Settings) -> list[tuple[str, str]]:
    """Return month with short id, and status, of the runs that are not finished, the oldest first."""
    found = _rows(settings, _UNFINISHED)
    return [(f"{month}({run_id})".strip(), status) for month, run_id, status in found]


def heartbeat_age(settings: Settings) -> float | None:
    """Return the seconds since the daemon's last heartbeat; None if there was none."""
    latest = next((moment for (moment,) in _rows(settings, _HEARTBEAT)), None)
    # Dagster stores naive UTC.
    return time.time() - datetime.fromisoformat(f"{latest}+00:00").timestamp() if latest else None


def _rows(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query; none if there are no records, or none that can be read."""
    if settings.dagster_database:
        with suppress(DagsterDatabaseError):
            return settings.dagster_database.rows(query)
        return []
    file = settings.dagster_home / "history" / "runs.db"
    if not file.exists():
        return []
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
            return connection.execute(query).fetchall()
    except sqlite3.Error:
        return []
