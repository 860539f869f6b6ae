"""Configure Dagster inside the data home.

Belongs here: ``dagster.yaml``, ``DAGSTER_HOME``, what this process may leave behind, opening the instance.
Does not belong here: the definitions that run in it.
"""

from __future__ import annotations

import glob
import os
import resource
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from orchestration.runtime import layout
from orchestration.runtime.dagster_database import DagsterDatabase
from orchestration.runtime.former_layout import adopt
from orchestration.runtime.settings import Settings, in_cache
from orchestration.runtime.telemetry import quiet_environment

if TYPE_CHECKING:
    from dagster import DagsterInstance

CATCH_UP_DAYS = 31
"""A daemon that was off on the due day still runs the month after it restarts."""

MONITORING_SECONDS = 10
"""Time between two looks of the daemon for dead runs and their slots; a look is one query if nothing runs."""

CODE_SERVER_SECONDS = 15
"""Time between two tries to start a waiting run while the code server does not answer; an hour of them is enough."""


def close_process() -> None:
    """Let this process and its children make files for their owner only, and leave no memory image when they crash.

    Dagster, dbt and DuckDB make files of their own; ``Home`` then opens ``published`` to its readers.
    """
    os.umask(0o077)
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))


def dagster_config(settings: Settings) -> dict[str, Any]:
    """Return the content of ``dagster.yaml``."""
    return {
        "telemetry": {"enabled": False},
        "nux": {"enabled": False},
        # Runs print every event by default, into the log of the service that started them. All events are records.
        "python_logs": {"python_log_level": "INFO"},
        "instance_class": {"module": "orchestration.runtime.whole_runs", "class": "WholeRunsInstance"},
        **(_postgres(settings, settings.dagster_database) if settings.dagster_database else _sqlite(settings)),
        "scheduler": {
            "module": "dagster._core.scheduler",
            "class": "DagsterDaemonScheduler",
            "config": {"max_catchup_runs": CATCH_UP_DAYS},
        },
        "run_launcher": {"module": "orchestration.runtime.launcher", "class": "WatchedRunLauncher"},
        # While the code server starts again, waiting runs wait; by default each would fail.
        "run_coordinator": {
            "module": "dagster._core.run_coordinator",
            "class": "QueuedRunCoordinator",
            "config": {"max_user_code_failure_retries": 240, "user_code_failure_retry_delay": CODE_SERVER_SECONDS},
        },
        # One month at a time: months look back, and DuckDB has one writer. A run without a process counts as one, and
        # keeps its slot in a pool of 1: the daemon looks for such runs.
        "concurrency": {
            "pools": {"default_limit": 1, "granularity": "op"},
            "runs": {"max_concurrent_runs": 1},
        },
        "run_monitoring": {
            "enabled": True,
            "poll_interval_seconds": MONITORING_SECONDS,
            "free_slots_after_run_end_seconds": MONITORING_SECONDS,
        },
        # Dead runs are repeated by ``queued_runs``.
        "run_retries": {"enabled": False},
        "retention": {
            "schedule": {"purge_after_days": 365},
            "sensor": {"purge_after_days": {"skipped": 7, "started": 365, "failure": 365, "success": 365}},
        },
    }


def _sqlite(settings: Settings) -> dict[str, Any]:
    def storage(module: str, name: str, folder: str) -> dict[str, Any]:
        return {"module": module, "class": name, "config": {"base_dir": str(settings.dagster_home / folder)}}

    return {
        "run_storage": storage("dagster._core.storage.runs", "SqliteRunStorage", "history"),
        "event_log_storage": storage("orchestration.runtime.event_log", "KeptSqliteEventLogStorage", "history/runs"),
        "schedule_storage": storage("dagster._core.storage.schedules", "SqliteScheduleStorage", "schedules"),
    }


def _postgres(settings: Settings, database: DagsterDatabase) -> dict[str, Any]:
    """Name the database, and where its password is kept; never the password."""
    known = database.model_dump(mode="json", exclude_none=True)
    config = {"home": str(settings.home), "database": known}

    def storage(name: str) -> dict[str, Any]:
        return {"module": "orchestration.runtime.postgres_storage", "class": name, "config": config}

    return {
        "run_storage": storage("PostgresRuns"),
        "event_log_storage": storage("PostgresEvents"),
        "schedule_storage": storage("PostgresSchedules"),
    }


def prepare(settings: Settings) -> tuple[Path, ...]:
    """Create the data home and Dagster's home in it, and point the environment of this process to both.

    Returns the zones that were open to others and are closed now. Raises LayoutError if the home is of a newer program,
    OSError if it cannot be written.
    """
    close_process()
    layout.require_not_newer(settings.paths)
    is_of_this_program = layout.kept_layout(settings.paths) == layout.LAYOUT
    adopt(settings.paths)
    closed = settings.paths.prepare()
    if is_of_this_program:
        layout.keep_layout(settings.paths)
    file = settings.dagster_home / "dagster.yaml"
    text = yaml.safe_dump(dagster_config(settings), sort_keys=False, allow_unicode=True)
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        with settings.paths.replacing(file) as temporary:
            temporary.write_text(text, encoding="utf-8")
    quiet_environment()
    os.environ["DAGSTER_HOME"] = str(_plain_path(settings.dagster_home))
    os.environ["SHOUWANG_HOME"] = str(settings.home)
    return closed


def open_instance(settings: Settings) -> DagsterInstance:
    """Open the Dagster instance of a prepared data home. Raises DagsterDatabaseError if its database is of no use."""
    from dagster import DagsterInstance

    return DagsterInstance.from_config(str(_plain_path(settings.dagster_home)))


def _plain_path(folder: Path) -> Path:
    """Return a path to the folder that is no pattern: itself, or a link in the user's cache.

    Dagster takes the path of ``dagster.yaml`` for a pattern; if nothing matches, it runs with its own defaults,
    telemetry included. Raises OSError if the link cannot be made.
    """
    if glob.escape(str(folder)) == str(folder):
        return folder
    link = in_cache(folder)
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink() or link.readlink() != folder:
        temporary = link.with_name(f"{link.name}.{secrets.token_hex(4)}")
        temporary.symlink_to(folder)
        temporary.replace(link)
    return link
