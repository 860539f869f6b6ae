"""Allow one run at a time per data home, whether the command line, the web server or a schedule starts it.

Belongs here: the operating system's lock on the data home, its holder, the holder of the warehouse.
Does not belong here: Dagster's pool, which orders the steps of runs that Dagster itself starts.

The operating system releases the lock when the process ends, so a killed run leaves no lock behind.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from orchestration.runtime.errors import ShouwangError
from orchestration.working_days import ZONE

LOCK_FILE = ".lock"
_DUCKDB_HOLDER = re.compile(r"PID (\d+)")
_guard = threading.RLock()
_held: dict[Path, tuple[IO[str], int]] = {}
"""Locks of this process: the open file and the number of blocks that hold it."""


class HomeBusyError(ShouwangError):
    """Another process holds the data home."""


def _holder(handle: IO[str]) -> str:
    handle.seek(0)
    try:
        holder = json.loads(handle.read())
        return f"进程 {holder['pid']}({holder['what']},{holder['since']} 开始)"
    except (ValueError, KeyError, TypeError):
        return "另一个进程"


def _locked(handle: IO[str], wait_seconds: float) -> bool:
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(min(1.0, wait_seconds))
        else:
            return True


def _take(path: Path, what: str, wait_seconds: float) -> IO[str]:
    handle = path.open("a+", encoding="utf-8")
    if not _locked(handle, wait_seconds):
        holder = _holder(handle)
        handle.close()
        raise HomeBusyError(f"数据目录 {path.parent} 正在被{holder}使用,请等它结束后再运行。")
    since = f"{datetime.now(ZONE):%Y-%m-%d %H:%M:%S}"
    handle.truncate(0)
    handle.write(json.dumps({"pid": os.getpid(), "what": what, "since": since}, ensure_ascii=False))
    handle.flush()
    return handle


@contextmanager
def holding(home: Path, what: str, wait_seconds: float = 0) -> Iterator[None]:
    """Hold the data home for the duration of the block; blocks of one process share the lock.

    Raises HomeBusyError, naming the holder, if another process still holds it after ``wait_seconds``.
    """
    path = home / LOCK_FILE
    with _guard:
        handle, blocks = _held.get(path) or (_take(path, what, wait_seconds), 0)
        _held[path] = (handle, blocks + 1)
    try:
        yield
    finally:
        with _guard:
            handle, blocks = _held.pop(path)
            if blocks > 1:
                _held[path] = (handle, blocks - 1)
            else:
                handle.truncate(0)
                handle.close()


def home_holder(home: Path) -> str | None:
    """Describe in Chinese the other process that holds the data home; None if no other process does."""
    path = home / LOCK_FILE
    if not path.exists() or path in _held:
        return None
    with path.open("r", encoding="utf-8") as handle:
        return None if _locked(handle, 0) else _holder(handle)


def warehouse_holder(warehouse: Path) -> int | None:
    """Return the id of the process that has the DuckDB file open for writing; None if no process has."""
    import duckdb

    if not warehouse.exists():
        return None
    try:
        duckdb.connect(str(warehouse), read_only=True).close()
    except duckdb.IOException as error:
        holder = _DUCKDB_HOLDER.search(str(error))
        return int(holder[1]) if holder else None
    return None
