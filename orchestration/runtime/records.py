"""Find damage in Dagster's own records, and set damaged ones aside so that runs go on.

Belongs here: the SQLite files in Dagster's home. Does not belong here: their content, opening the instance.

The records are about runs, not about data: without them, the marts and the accepted rows are what they were.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from orchestration.runtime.settings import Settings
from orchestration.working_days import ZONE
from sources import audit

_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
STORAGES = {"history": ("runs.db", "runs/index.db"), "schedules": ("schedules.db",)}
"""Folders of Dagster's home that belong together, with the databases that every run needs."""


def databases(settings: Settings) -> list[Path]:
    """List the files of SQLite that every run needs, as far as they exist; none if the records are in PostgreSQL."""
    if settings.dagster_database:
        return []
    files = (settings.dagster_home / folder / name for folder, names in STORAGES.items() for name in names)
    return [file for file in files if file.exists()]


def run_databases(settings: Settings) -> list[Path]:
    """List the databases of single runs, also earlier than PostgreSQL: a damaged one only hides the log of its run."""
    needed = databases(settings)
    return [file for file in sorted((settings.dagster_home / "history" / "runs").glob("*.db")) if file not in needed]


def is_damaged(file: Path, deep: bool = False) -> bool:
    """Check whether a SQLite file is damaged; ``deep`` also compares its indexes with its tables.

    A database that is locked or cannot be opened is not damaged.
    """
    check = "integrity_check" if deep else "quick_check"
    try:
        with closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True)) as connection:
            return bool(connection.execute(f"pragma {check}(1)").fetchone() != ("ok",))
    except sqlite3.DatabaseError as error:
        return error.sqlite_errorcode & 0xFF in _DAMAGED


def set_aside_damaged(settings: Settings) -> list[str]:
    """Move damaged records to ``<folder>.damaged-<time>``; return a Chinese sentence about each folder moved.

    Dagster then begins new ones. To be called with the home locked. Raises OSError if a folder cannot be moved.
    """
    told = list[str]()
    if settings.dagster_database:
        return told
    for folder, names in STORAGES.items():
        place = settings.dagster_home / folder
        if any(is_damaged(place / name) for name in names if (place / name).exists()):
            aside = place.with_name(f"{folder}.damaged-{datetime.now(ZONE):%Y%m%d-%H%M%S}")
            audit.record(settings.paths, "set_aside", folder=folder, to=aside.name)
            place.rename(aside)
            told.append(
                f"Dagster 的记录({folder})已损坏,已移到 {aside},并重新开始记录;数据和已发布的版本不受影响。"
                "若 Dagster 界面开着,请关闭后重新打开。"
            )
    return told
