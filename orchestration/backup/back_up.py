"""Copy a data home into a backup, consistent while runs go on.

Belongs here: the order of the steps, the lock of the home. Does not belong here: objects (``store``), words for the
terminal (``orchestration.commands.backup``).

Everything is copied without the lock of the home first. With the lock, which no run holds then, only the files are
copied that have changed since: the lock is held for a look at every file and for few copies. What was copied before is
what is there now, because a file's state did not change from before its copy until no run writes.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from orchestration.backup import snapshots
from orchestration.backup.cipher import Cipher
from orchestration.backup.contents import Contents, State
from orchestration.backup.errors import BackupError
from orchestration.backup.snapshots import Entry, Snapshot
from orchestration.backup.store import ChangedError, Store, require_usable
from orchestration.runtime import layout, locks
from orchestration.runtime.settings import Settings
from orchestration.working_days import ZONE
from sources import audit
from sources.home import PRIVATE_DIR

LOCK_WAIT_SECONDS = 3600.0
"""Longest wait for a run: it is many times the duration of a month."""

_CLOCK_TICK_NS = 50_000_000
"""Two changes within a tick of the system's clock have the same time; ticks are of 1 to 10 ms."""

_TRIES = 3

Say = Callable[[str], None]


@dataclass(frozen=True)
class BackUp:
    """The result of a backup."""

    name: str
    files: int
    size: int
    """Bytes of the files in the home."""
    bytes_written: int
    """Bytes of new objects in the backup."""
    left_out: tuple[str, ...]
    """Files of the inbox that were still being written."""
    bytes_freed: int = 0


class _Copies:
    """The copies made so far, each with the state of its file before it was copied."""

    def __init__(self, contents: Contents, store: Store) -> None:
        self._contents, self._store = contents, store
        self._made: dict[Path, tuple[State, int, tuple[str, int]]] = {}

    def copy(self, path: Path) -> Entry:
        """Copy a file unless its copy is current. Raises ChangedError if it changes meanwhile, OSError."""
        status = path.lstat()
        entry = Entry(path.relative_to(self._contents.root).as_posix(), status.st_mode & 0o770, status.st_mtime_ns)
        if path.is_symlink():
            return Entry(entry.path, entry.mode, target=str(path.readlink()))
        if path.is_dir():
            return entry
        state = self._contents.state(path)
        if not self._is_made(path, state):
            began = time.time_ns()
            self._made[path] = state, began, self._store.put(self._contents.opener(path))
        sha256, size = self._made[path][2]
        return Entry(entry.path, entry.mode, entry.mtime_ns, size, sha256)

    def _is_made(self, path: Path, state: State) -> bool:
        """Return True if the copy is of this state, which was not so new that a later change could look the same."""
        if path not in self._made:
            return False
        copied, began, _ = self._made[path]
        newest = max(max(times[2:]) for times in state if times)
        return copied == state and newest < began - _CLOCK_TICK_NS


def back_up(settings: Settings, folder: Path, cipher: Cipher, say: Say, keep: int | None = None) -> BackUp:
    """Add a snapshot of the home to the backup in ``folder``; with ``keep`` remove all but the newest ones after.

    Raises BackupError if the folder cannot hold the backup, if a file changes all the time or the copy differs,
    HomeBusyError if another backup or a run does not end.
    """
    home = settings.paths
    if not home.root.exists():
        raise BackupError(f"没有数据目录 {home.root}。")
    if folder.resolve().is_relative_to(home.root.resolve()):
        raise BackupError(f"备份目录 {folder} 不能在数据目录里面;最好放在另一块磁盘或另一台机器上。")
    layout.require_not_newer(home)
    require_usable(folder)
    folder.mkdir(mode=PRIVATE_DIR, parents=True, exist_ok=True)
    with locks.holding(folder, "shouwang backup", say=say):
        store = Store(folder, cipher)
        store.prepare()
        now = datetime.now(ZONE)
        audit.record(home, "backup", to=str(folder), encrypted=str(bool(cipher.recipient)))
        contents = Contents(home, settings.backup_key_file)
        copies = _Copies(contents, store)
        _copy_unlocked(contents, copies)
        with locks.holding(home.root, "shouwang backup", LOCK_WAIT_SECONDS, say):
            entries, left_out = _copy_rest(contents, copies, home.inbox)
        store.verify_written(entry.sha256 for entry in entries)
        snapshot = Snapshot(now.isoformat(timespec="seconds"), socket.gethostname(), str(home.root), tuple(entries))
        name = snapshots.write(store, snapshot, now)
        freed = _prune(store, keep) if keep else 0
    return BackUp(name, len(snapshot.files), snapshot.size, store.bytes_written, tuple(left_out), freed)


def _copy_unlocked(contents: Contents, copies: _Copies) -> None:
    for path in contents.paths():
        try:
            copies.copy(path)
        except (ChangedError, FileNotFoundError):
            continue


def _copy_rest(contents: Contents, copies: _Copies, inbox: Path) -> tuple[list[Entry], list[str]]:
    """Copy the files that have changed since; return all entries, and the files of the inbox that still change."""
    entries, left_out = [], []
    for path in contents.paths():
        entry = _copy_at_rest(copies, path)
        if entry:
            entries.append(entry)
        elif path.is_relative_to(inbox):
            left_out.append(path.relative_to(contents.root).as_posix())
        else:
            raise BackupError(f"{path} 在备份时被改动;请关闭正在写它的程序后重新备份。")
    return entries, left_out


def _copy_at_rest(copies: _Copies, path: Path) -> Entry | None:
    """Copy a file, again if it changes meanwhile; None if it changes every time or vanishes."""
    for _ in range(_TRIES):
        with suppress(ChangedError, FileNotFoundError):
            return copies.copy(path)
    return None


def _prune(store: Store, keep: int) -> int:
    """Remove all snapshots but the newest, and the objects that no other snapshot names; return the bytes freed."""
    for name in snapshots.names(store)[:-keep]:
        snapshots.remove(store, name)
    kept = [snapshots.read(store, name) for name in snapshots.names(store)]
    return store.remove_all_but(entry.sha256 for snapshot in kept for entry in snapshot.files)
