"""Allow one run at a time per data home, whether the command line, the web server or a schedule starts it.

Belongs here: the operating system's lock on the data home, its holder, the holder of a database.
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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from orchestration.runtime.errors import ShouwangError
from orchestration.working_days import ZONE

LOCK_FILE = ".lock"
POLL_SECONDS = 0.5
SAY_AGAIN_SECONDS = 600.0
"""Pause before the same holder is named again to someone who waits."""
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


def _say_nothing(_: str) -> None:
    """Wait silently."""


def _locked(handle: IO[str], wait_seconds: float, say: Callable[[str], None] = _say_nothing) -> bool:
    deadline = time.monotonic() + wait_seconds
    named, again = "", 0.0
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            now = time.monotonic()
            if now >= deadline:
                return False
            if (holder := _holder(handle)) != named or now >= again:
                say(f"数据目录正在被{holder}使用,正在等它结束,之后自动继续。")
                named, again = holder, now + SAY_AGAIN_SECONDS
            time.sleep(min(POLL_SECONDS, wait_seconds))
        else:
            return True


def _take(path: Path, what: str, wait_seconds: float, say: Callable[[str], None]) -> IO[str]:
    handle = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "a+", encoding="utf-8")
    try:
        if not _locked(handle, wait_seconds, say):
            raise HomeBusyError(f"数据目录 {path.parent} 正在被{_holder(handle)}使用,请等它结束后再运行。")
    except BaseException:
        handle.close()
        raise
    since = f"{datetime.now(ZONE):%Y-%m-%d %H:%M:%S}"
    handle.truncate(0)
    handle.write(json.dumps({"pid": os.getpid(), "what": what, "since": since}, ensure_ascii=False))
    handle.flush()
    return handle


@contextmanager
def holding(
    home: Path, what: str, wait_seconds: float = 0, say: Callable[[str], None] = _say_nothing
) -> Iterator[None]:
    """Hold the data home for the duration of the block; blocks of one process share the lock.

    While another process holds it, ``say`` names that process in Chinese: at once, and rarely after. Raises
    HomeBusyError, naming the holder, if it still holds the home after ``wait_seconds``.
    """
    path = home / LOCK_FILE
    with _guard:
        handle, blocks = _held.get(path) or (_take(path, what, wait_seconds, say), 0)
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


def hold_for_good(home: Path, what: str) -> None:
    """Hold the data home until this process ends, also if it becomes another program.

    Raises HomeBusyError, naming the holder, if another process holds it.
    """
    path = home / LOCK_FILE
    with _guard:
        handle, blocks = _held.get(path) or (_take(path, what, 0, _say_nothing), 0)
        os.set_inheritable(handle.fileno(), True)
        _held[path] = (handle, blocks + 1)


def home_holder(home: Path) -> str | None:
    """Describe in Chinese the other process that holds the data home; None if no other process does."""
    path = home / LOCK_FILE
    if not path.exists() or path in _held:
        return None
    with path.open("r", encoding="utf-8") as handle:
        return None if _locked(handle, 0) else _holder(handle)


def holder_named_in(error: Exception) -> int | None:
    """Return the id of the process that holds a database, as DuckDB names it; None for any other error."""
    holder = _DUCKDB_HOLDER.search(str(error))
    return int(holder[1]) if holder else None
