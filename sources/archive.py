"""Originals, unchanged, under their SHA-256; and the log of which delivery brought which of them.

Belongs here: storing and fetching bytes, the delivery log of a department and month.
Does not belong here: finding files (``inbox``), what a file is (``recognise``).

The log keeps every state in which a delivery folder was seen. What is taken in is read from here, never from the inbox, so
that cleaning or overwriting the inbox loses nothing.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from sources.home import Home
from sources.months import Month

_CHUNK = 1 << 20


@dataclass(frozen=True)
class ArchivedFile:
    """One original: its name in the delivery folder, its hash and when it was first seen."""

    name: str
    sha256: str
    received_at: str
    """ISO local time: the file's modification time when it was first seen."""


@dataclass(frozen=True)
class FolderState:
    """A delivery folder as it was seen once."""

    delivery_no: int
    mode: str
    files: tuple[ArchivedFile, ...]
    assigned: dict[str, str] = field(default_factory=dict)
    """File name to dataset, from ``delivery.yaml``."""

    def same_content(self, other: FolderState) -> bool:
        """True where names, hashes and settings are the same."""
        return (self.delivery_no, self.mode, self.assigned) == (other.delivery_no, other.mode, other.assigned) and {
            (f.name, f.sha256) for f in self.files
        } == {(f.name, f.sha256) for f in other.files}


def _path(home: Home, sha256: str) -> Path:
    return home.archive / sha256[:2] / sha256


def store(home: Home, path: Path) -> str:
    """Copy a file into the archive and return its SHA-256; a file already there is not written again.

    Raises OSError when it cannot be read or the disk is full.
    """
    digest = hashlib.sha256()
    with path.open("rb") as source:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
    sha256 = digest.hexdigest()
    target = _path(home, sha256)
    if not target.exists():
        with home.replacing(target) as temporary, path.open("rb") as source, temporary.open("wb") as sink:
            shutil.copyfileobj(source, sink, _CHUNK)
    return sha256


def fetch(home: Home, sha256: str) -> bytes:
    """Return the bytes of an original.

    Raises FileNotFoundError when the archive does not hold it.
    """
    return _path(home, sha256).read_bytes()


class DeliveryLog:
    """The states of a department's delivery folders of one month, oldest first."""

    def __init__(self, home: Home, department: str, month: Month) -> None:
        self._home = home
        self._path = home.restricted / "deliveries" / department / f"{month}.json"
        self.states: list[FolderState] = []
        if self._path.exists():
            self.states = [_state(raw) for raw in json.loads(self._path.read_text("utf-8"))]

    def received_at(self, delivery_no: int, name: str, sha256: str, modified: datetime) -> str:
        """When this file of this delivery was first seen."""
        for state in self.states:
            for file in state.files:
                if (state.delivery_no, file.name, file.sha256) == (delivery_no, name, sha256):
                    return file.received_at
        return modified.isoformat()

    def add(self, state: FolderState) -> None:
        """Append a state unless the folder was last seen like this, or is now empty (cleaned up)."""
        last = next((s for s in reversed(self.states) if s.delivery_no == state.delivery_no), None)
        if not state.files or (last and last.same_content(state)):
            return
        self.states.append(state)
        with self._home.replacing(self._path) as temporary:
            temporary.write_text(json.dumps([asdict(s) for s in self.states], ensure_ascii=False), "utf-8")

    def in_order(self) -> list[FolderState]:
        """States by delivery number, then by when they were seen."""
        return sorted(self.states, key=lambda s: s.delivery_no)


def _state(raw: dict[str, object]) -> FolderState:
    files = tuple(ArchivedFile(**f) for f in raw.pop("files"))  # type: ignore[attr-defined]
    return FolderState(files=files, **raw)  # type: ignore[arg-type]
