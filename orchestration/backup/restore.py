"""Restore a data home from a backup: all of it, verified, or nothing.

Belongs here: the order of the steps. Does not belong here: objects (``store``), words for the terminal.

The home is built in a folder beside it, which becomes the home in one step. A restore that is killed leaves that folder
and no home; the next one begins it again.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from orchestration.backup import snapshots
from orchestration.backup.cipher import Cipher
from orchestration.backup.errors import BackupError
from orchestration.backup.snapshots import Entry, Snapshot
from orchestration.backup.store import Store
from orchestration.runtime import locks
from orchestration.runtime.settings import Settings
from sources import audit
from sources.home import HOME_DIR, PRIVATE_DIR, PRIVATE_FILE, Home, sync


def restore(settings: Settings, folder: Path, cipher: Cipher, name: str | None = None) -> Snapshot:
    """Restore the snapshot ``name``, by default the newest, into the home of the settings.

    Raises BackupError if the home is not empty, if there is no such backup, or if any part of it is damaged; the home
    is then as it was.
    """
    home = settings.home
    if home.exists() and any(home.iterdir()):
        raise BackupError(f"数据目录 {home} 不是空的;恢复只写入空目录,请换一个(SHOUWANG_HOME)或先把它移开。")
    if os.path.ismount(home):
        raise BackupError(f"{home} 是挂载点,不能整体替换;请把 SHOUWANG_HOME 设为它下面的一个子目录。")
    store = Store(folder, cipher)
    store.check_header()
    there = snapshots.names(store)
    if not there:
        raise BackupError(f"{folder} 里还没有完成的备份。")
    name = name or there[-1]
    snapshot = snapshots.read(store, name)
    building = home.with_name(f".{home.name}.restoring")
    building.mkdir(mode=PRIVATE_DIR, parents=True, exist_ok=True)
    with locks.holding(building, "shouwang restore"):
        _clear(building)
        _check_room(building, snapshot)
        for entry in snapshot.entries:
            _write(store, entry, building / entry.path)
        _set_folders(building, snapshot)
        audit.record(Home(building), "restore", source=str(folder), snapshot=name)
        building.chmod(HOME_DIR)
        building.replace(home)
        sync(home.parent)
    settings.paths.prepare()
    return snapshot


def _clear(building: Path) -> None:
    """Remove what a killed restore left."""
    for path in building.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != locks.LOCK_FILE:
            path.unlink()


def _check_room(building: Path, snapshot: Snapshot) -> None:
    free = shutil.disk_usage(building).free
    if free < snapshot.size:
        raise BackupError(
            f"磁盘空间不足:恢复需要 {snapshot.size / 1e9:.2f} GB,{building.parent} 只剩 {free / 1e9:.2f} GB。"
        )


def _write(store: Store, entry: Entry, path: Path) -> None:
    if entry.target:
        path.symlink_to(entry.target)
    elif entry.sha256:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
        with os.fdopen(descriptor, "wb") as target:
            store.fetch(entry.sha256, target, entry.path)
            target.flush()
            os.fsync(descriptor)
        path.chmod(entry.mode)
        os.utime(path, ns=(entry.mtime_ns, entry.mtime_ns))
    else:
        path.mkdir(mode=PRIVATE_DIR)


def _set_folders(building: Path, snapshot: Snapshot) -> None:
    """Give folders their modes, once everything is in them."""
    for entry in reversed(snapshot.entries):
        if not entry.sha256 and not entry.target:
            (building / entry.path).chmod(entry.mode)
            sync(building / entry.path)
