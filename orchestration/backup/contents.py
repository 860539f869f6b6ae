"""List the files of a data home that a backup holds, and read each as of one moment.

Belongs here: which files are left out and why, the state of a file, databases that are written while they are read.
Does not belong here: where copies go (``store``).
"""

from __future__ import annotations

import io
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from orchestration.runtime.locks import LOCK_FILE
from sources.home import Home
from sources.landing.archive import open_regular

State = tuple[tuple[int, ...] | None, ...]
_UNFINISHED = ".tmp"
_LOGS = ("-wal", "-shm", "-journal")


class Contents:
    """The files of a home for a backup.

    Left out: the lock; unfinished writes, also of a rotation of the secret and of a trace; ``dbt/``, which every run
    writes again; in ``dagster/`` the configuration, which every start writes again, the marks of processes, what the
    services write, and the logs of databases, which are read with their database; the key that encrypts the backup;
    links, except those to what is beside or below them.
    """

    def __init__(self, home: Home, key_file: Path | None) -> None:
        self.root = home.root
        self._dagster = home.dagster
        self._left_out = {
            home.root / LOCK_FILE, home.dbt, home.dagster / "dagster.yaml", home.dagster / "workers", key_file,
            home.rotation, home.apart, home.service_logs,
        }  # fmt: skip

    def paths(self) -> Iterator[Path]:
        """Yield every file, folder and link in a fixed order. Raises OSError if a folder cannot be read."""
        for folder, folders, files in os.walk(self.root, onerror=_fail):
            kept = sorted(name for name in folders if Path(folder, name) not in self._left_out)
            folders[:] = [name for name in kept if not Path(folder, name).is_symlink()]
            for path in (Path(folder, name) for name in sorted({*kept, *files})):
                if not self._is_left_out(path):
                    yield path

    def state(self, path: Path) -> State:
        """Describe the state of a file: it changes whenever the content may have changed."""
        # Reading a database touches the inode of its log, so the time of that is no sign of a change.
        return (_state(path), *(state and state[:3] for state in map(_state, self._log_of(path))))

    def opener(self, path: Path) -> Callable[[], BinaryIO]:
        """Return a function that opens the content of a file; that of a database is of one moment.

        The function raises OSError if the file cannot be read.
        """
        if self._is_database(path):
            # A damaged database is kept as it is: the records are not worth a backup that fails.
            with suppress(sqlite3.Error):
                content = _snapshot(path)
                return lambda: io.BytesIO(content)
        return lambda: open_regular(path)

    def _is_left_out(self, path: Path) -> bool:
        if path.is_symlink():
            target = path.readlink()
            return target.is_absolute() or ".." in target.parts
        is_log = path.is_relative_to(self._dagster) and path.name.endswith(_LOGS)
        is_unfinished = path.name.startswith(".") and path.name.endswith(_UNFINISHED)
        return path in self._left_out or is_log or is_unfinished or not (path.is_file() or path.is_dir())

    def _is_database(self, path: Path) -> bool:
        return path.suffix == ".db" and path.is_relative_to(self._dagster)

    def _log_of(self, path: Path) -> tuple[Path, ...]:
        return (path.with_name(f"{path.name}-wal"),) if self._is_database(path) else ()


def _snapshot(database: Path) -> bytes:
    """Copy a SQLite database with its log, in one transaction, while others may write it."""
    original = sqlite3.connect(f"file:{quote(str(database))}?mode=ro", uri=True, timeout=60)
    with closing(original) as source, closing(sqlite3.connect(":memory:")) as copy:
        source.backup(copy)
        return copy.serialize()


def _state(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _fail(error: OSError) -> None:
    raise error
