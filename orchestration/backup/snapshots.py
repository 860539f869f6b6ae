"""List the files of a home at one time, in a file of the backup: its name is the time.

Belongs here: the form of a snapshot, reading and writing it. Does not belong here: contents (``store``).
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from orchestration.backup.cipher import DamagedError
from orchestration.backup.errors import BackupError
from orchestration.backup.store import Store

_FOLDER = "snapshots"


@dataclass(frozen=True)
class Entry:
    """One path of the home: a file with its hash, a link with its target, or a folder with neither."""

    path: str
    mode: int
    mtime_ns: int = 0
    size: int = 0
    sha256: str = ""
    target: str = ""


@dataclass(frozen=True)
class Snapshot:
    """Every path of a home at one time, folders before their files."""

    at: str
    host: str
    home: str
    entries: tuple[Entry, ...]

    @property
    def files(self) -> list[Entry]:
        """The entries that are files."""
        return [entry for entry in self.entries if entry.sha256]

    @property
    def size(self) -> int:
        """Bytes of all files, as they are in the home."""
        return sum(entry.size for entry in self.files)


def names(store: Store) -> list[str]:
    """List the snapshots of a backup, oldest first."""
    suffix = f".json{store.cipher.suffix}"
    return sorted(p.name.removesuffix(suffix) for p in (store.folder / _FOLDER).glob(f"[0-9]*{suffix}"))


def write(store: Store, snapshot: Snapshot, now: datetime) -> str:
    """Write a snapshot, read it again and return its name. Raises BackupError if it is not what was written."""
    name, taken, number = f"{now:%Y-%m-%dT%H%M%S}", names(store), 1
    while (unique := name if number == 1 else f"{name}-{number}") in taken:
        number += 1
    content = asdict(snapshot)
    sealed = io.BytesIO()
    store.cipher.seal(io.BytesIO(json.dumps({"sha256": _digest(content), "snapshot": content}).encode()), sealed)
    store.write(str(_path(store, unique).relative_to(store.folder)), sealed.getvalue())
    if read(store, unique) != snapshot:
        raise BackupError(f"备份的清单 {_path(store, unique)} 写入后与内容不符;请检查磁盘后重新备份。")
    return unique


def read(store: Store, name: str) -> Snapshot:
    """Read a snapshot. Raises BackupError naming the file if it is missing or damaged."""
    path, content = _path(store, name), io.BytesIO()
    try:
        with path.open("rb") as sealed:
            store.cipher.open(sealed, content)
        found = json.loads(content.getvalue())
        raw = found["snapshot"]
        if _digest(raw) != found["sha256"]:
            raise ValueError
        snapshot = Snapshot(**{**raw, "entries": tuple(_entry(e) for e in raw["entries"])})
    except FileNotFoundError:
        there = "、".join(names(store)) or "无"
        raise BackupError(f"{store.folder} 里没有时间为 {name} 的备份;有:{there}。") from None
    except (DamagedError, ValueError, KeyError, TypeError):
        raise BackupError(f"备份的清单已损坏:{path};请换一个时间的备份(--snapshot)。") from None
    return snapshot


def remove(store: Store, name: str) -> None:
    """Remove a snapshot; its contents stay."""
    _path(store, name).unlink()


def _path(store: Store, name: str) -> Path:
    return store.folder / _FOLDER / f"{name}.json{store.cipher.suffix}"


def _digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _entry(raw: dict[str, Any]) -> Entry:
    """Read an entry. Raises ValueError if it leads out of the home: a plain backup may have been changed."""
    if any(path.is_absolute() or ".." in path.parts for path in map(PurePosixPath, (raw["path"], raw["target"]))):
        raise ValueError
    return Entry(**raw)
