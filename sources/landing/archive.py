"""Store original files unchanged under their SHA-256, and log the states of each delivery folder.

Belongs here: storing and fetching bytes, the delivery log of a department and month.
Does not belong here: finding files (``locations``), recognising them (``recognise``).

The log keeps every state in which a delivery folder was seen. The intake reads from the archive, never from the inbox,
so cleaning or overwriting the inbox loses nothing.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import reduce
from operator import or_
from pathlib import Path
from typing import BinaryIO

from sources import audit
from sources.home import Home
from sources.landing.removed import is_replacement, kept_as, removed_by_rule
from sources.months import Month
from sources.refusal import DamagedOriginalError, RefusedError

_CHUNK = 1 << 20
_CAUTIOUSLY = reduce(or_, (getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY")))
"""Follow no link, wait for no pipe, change no line end; each where the system has it."""
MAX_SIZE = 512 * 1024**2
"""Largest file that is read, in bytes: many times the largest table of a county. Larger ones are kept and refused."""
TOO_LARGE = f"文件超过{MAX_SIZE // 1024**2}MiB;请拆分后重新报送。"


@dataclass(frozen=True)
class ArchivedFile:
    """One original: its name in the delivery folder, its hash and when it was first seen."""

    name: str
    sha256: str
    received_at: str
    """ISO local time: the file's modification time when it was first seen."""


@dataclass(frozen=True)
class FolderState:
    """A delivery folder as one run saw it."""

    delivery_no: int
    mode: str
    files: tuple[ArchivedFile, ...]
    assigned: dict[str, str] = field(default_factory=dict)
    """File name to dataset, from ``delivery.yaml``."""
    table: str = ""
    """The dataset whose own location it is from; empty: from the location of the department."""

    def same_content(self, other: FolderState) -> bool:
        """Return True if names, hashes and settings are the same."""
        return (self.table, self.delivery_no, self.mode, self.assigned, _names(self)) == (
            other.table, other.delivery_no, other.mode, other.assigned, _names(other)
        )  # fmt: skip


def original_path(home: Home, sha256: str) -> Path:
    """Return the path of an original."""
    return home.archive / sha256[:2] / sha256


class UnreadableError(Exception):
    """An original cannot be read now, or it changes while it is read."""


def keep_original(home: Home, path: Path, known: Collection[str] = ()) -> str:
    """Copy a file into the archive, unless it is there unchanged, and return its SHA-256.

    A file from which a person was erased counts as the original that replaced it. One of the ``known`` hashes that a
    rule removed stays removed. Replacing a damaged original, or one of the ``known`` hashes that is missing, is a line
    of the audit log. Raises UnreadableError if the file cannot be read or is being written, OSError if the archive
    cannot be written (for instance because the disk is full).
    """
    sha256 = sha256_of(path)
    if (replacement := kept_as(home, sha256)) != sha256:
        return replacement
    if sha256 in known and removed_by_rule(home, sha256):
        return sha256
    target = original_path(home, sha256)
    if not is_intact(home, sha256):
        if target.exists() or sha256 in known:
            audit.record(home, "repair", original=sha256)
        with home.replacing(target) as temporary, temporary.open("wb") as sink:
            if sha256_of(path, sink) != sha256:
                raise UnreadableError
    return sha256


def take_original(home: Home, file: Path, known: Collection[str] = ()) -> str:
    """Move a file of the data home into the archive, unless it is there unchanged, and return its SHA-256.

    One of the ``known`` hashes that a rule removed stays removed. Raises OSError if the archive cannot be written.
    """
    sha256 = sha256_of(file)
    if (replacement := kept_as(home, sha256)) != sha256:
        return replacement
    if sha256 in known and removed_by_rule(home, sha256):
        return sha256
    if not is_intact(home, sha256):
        home.move(file, original_path(home, sha256))
    return sha256


def is_intact(home: Home, sha256: str) -> bool:
    """Check whether an original is in the archive and has the bytes of its hash."""
    try:
        return sha256_of(original_path(home, sha256)) == sha256
    except UnreadableError:
        return False


def sha256_of(path: Path, copy: BinaryIO | None = None) -> str:
    """Compute the SHA-256 of a file, and write its bytes to ``copy`` if given.

    Raises UnreadableError if the file cannot be read.
    """
    digest = hashlib.sha256()
    for chunk in _chunks(path):
        digest.update(chunk)
        if copy:
            copy.write(chunk)
    return digest.hexdigest()


def open_regular(path: Path) -> BinaryIO:
    """Open a regular file without following a link or waiting for a pipe: an inbox may change while it is read.

    Raises OSError if there is no such file or it cannot be read.
    """
    descriptor = os.open(path, os.O_RDONLY | _CAUTIOUSLY)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
    return os.fdopen(descriptor, "rb")


def _chunks(path: Path) -> Iterator[bytes]:
    """Yield a file's bytes. Raises UnreadableError if they cannot be read."""
    try:
        with open_regular(path) as source:
            while chunk := source.read(_CHUNK):
                yield chunk
    except OSError:
        raise UnreadableError from None


def fetch(home: Home, sha256: str) -> bytes:
    """Return the bytes of an original, verified.

    Raises RefusedError if it is too large to be read, DamagedOriginalError if it is missing, cannot be read or has not
    the bytes of its hash.
    """
    path, content = original_path(home, sha256), None
    with suppress(OSError):
        if path.stat().st_size > MAX_SIZE:
            raise RefusedError(TOO_LARGE)
        content = path.read_bytes()
    if content is None and removed_by_rule(home, sha256):
        raise DamagedOriginalError(f"原件(指纹 {sha256[:12]})已按保留规则删除,不能再读取。")
    if content is None or hashlib.sha256(content).hexdigest() != sha256:
        raise DamagedOriginalError(
            f"归档的原件已损坏或丢失(指纹 {sha256[:12]}),没有读取;请执行 shouwang verify --deep。"
        )
    return content


def restore_original(home: Home, department: str, month: Month, hashes: Iterable[str]) -> str:
    """Explain in Chinese how to restore damaged originals of a department's month."""
    paths = "、".join(str(original_path(home, sha256)) for sha256 in hashes)
    return (
        f"请从备份恢复 {paths},或把该月的全部文件按原样放回收件目录 {department}/{month},再执行 shouwang run {month}。"
    )


class DeliveryLog:
    """The states of a department's delivery folders of one month, oldest first."""

    def __init__(self, home: Home, department: str, month: Month) -> None:
        self._home = home
        self._path = self.path(home, department, month)
        self.states: list[FolderState] = []
        if self._path.exists():
            self.states = [_state(raw) for raw in json.loads(self._path.read_text("utf-8"))]

    @staticmethod
    def path(home: Home, department: str, month: Month) -> Path:
        """Return the path of a log."""
        return _logs(home, department) / f"{month}.json"

    @staticmethod
    def months(home: Home, department: str) -> list[Month]:
        """List the months for which a department has a log."""
        return sorted(Month.parse(path.stem) for path in _logs(home, department).glob("????-??.json"))

    def received_at(self, delivery_no: int, name: str, sha256: str, modified: datetime, table: str = "") -> str:
        """Return the time (ISO) at which this file of this delivery was first seen; ``modified`` if it is new."""
        for state in self.states:
            for file in state.files:
                if (state.table, state.delivery_no, file.name, file.sha256) == (table, delivery_no, name, sha256):
                    return file.received_at
        return modified.isoformat()

    def logged_name(self, delivery_no: int, name: str, sha256: str, table: str = "") -> str:
        """Return the name under which the log has a delivered file.

        This is its own, except for an original that replaces another one: its logged name may have been changed too.
        """
        last = self.last(delivery_no, table)
        names = [f.name for f in last.files if f.sha256 == sha256] if last else []
        return names[0] if names and name not in names and is_replacement(self._home, sha256) else name

    def last(self, delivery_no: int, table: str = "") -> FolderState | None:
        """Return the last logged state of a delivery; None if it has none."""
        states = (s for s in reversed(self.states) if (s.table, s.delivery_no) == (table, delivery_no))
        return next(states, None)

    @property
    def tables(self) -> frozenset[str]:
        """The datasets that have a location of their own, and come from nowhere else."""
        return frozenset(state.table for state in self.states if state.table)

    def add(self, state: FolderState) -> None:
        """Append a state, unless it equals the folder's last one or has no files (the folder was cleaned up).

        Raises OSError if the log cannot be written.
        """
        last = self.last(state.delivery_no, state.table)
        if not state.files or (last and last.same_content(state)):
            return
        self.rewrite([*self.states, state])

    def rewrite(self, states: list[FolderState]) -> None:
        """Replace the log by these states, unless it is equal; what a killed writer left of it is removed.

        Raises OSError if the log cannot be written.
        """
        if states == self.states:
            return
        for left in self._path.parent.glob(f".{self._path.name}.*.tmp"):
            left.unlink(missing_ok=True)
        with self._home.replacing(self._path) as temporary:
            temporary.write_text(json.dumps([asdict(s) for s in states], ensure_ascii=False), "utf-8")
        self.states = states

    @property
    def hashes(self) -> set[str]:
        """The SHA-256 of every file in every state."""
        return {file.sha256 for state in self.states for file in state.files}

    @property
    def digest(self) -> str:
        """Digest every state: numbers, modes, assignments, names and hashes; equal logs have equal digests."""
        seen = [(*_identity(s), s.mode, sorted(s.assigned.items()), _names(s)) for s in self.states]
        return hashlib.sha256(json.dumps(seen).encode()).hexdigest()

    @property
    def is_sealed(self) -> bool:
        """Return True if a rule removed an original of the month, so that its tables stay as they were taken in."""
        return any(
            removed_by_rule(self._home, h) and not original_path(self._home, h).exists() for h in sorted(self.hashes)
        )

    def in_order(self) -> list[FolderState]:
        """Sort the states by delivery number; those of one folder stay oldest first."""
        return sorted(self.states, key=lambda s: s.delivery_no)


def _logs(home: Home, department: str) -> Path:
    return home.restricted / "deliveries" / department


def _identity(state: FolderState) -> tuple[int | str, ...]:
    """Tell deliveries of the department's location as always, so that the digests of logs stay as they were."""
    return (state.delivery_no, state.table) if state.table else (state.delivery_no,)


def _names(state: FolderState) -> list[tuple[str, str]]:
    return sorted((f.name, f.sha256) for f in state.files)


def _state(raw: dict[str, object]) -> FolderState:
    files = tuple(ArchivedFile(**f) for f in raw.pop("files"))  # type: ignore[attr-defined]
    return FolderState(files=files, **raw)  # type: ignore[arg-type]
