"""Manage the data home: the paths of all data that Shouwang keeps, and safe writing.

Belongs here: paths, directory and file modes, atomic writes.
Does not belong here: the contents of the files.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sources.contracts.model import Dataset
from sources.months import Month

PRIVATE_DIR = 0o700
PRIVATE_FILE = 0o600
SHARED_DIR = 0o750
SHARED_FILE = 0o640
"""Modes of the published marts that a group may read."""
CURRENT = "current"
"""Link in ``published`` to the folder of the version that readers see; every other link leads through it."""
DATABASE, PARQUET = "shouwang.duckdb", "parquet"
OPEN_DATABASE, OPEN_PARQUET = "shouwang_open.duckdb", "parquet_open"
"""Names in the folder of a version; every BI reader may open the second pair."""
OPEN_ENDING = ".open"
"""Ends the name of any other folder in ``published`` that every BI reader may open."""
DESCRIPTION = "version.json"
"""File that makes a folder a version."""
_VERSION_FOLDERS = ("marts-", "building-marts-")
"""How the folder of a version begins: one that is published, one that is being built."""
HOME_DIR = 0o750
"""Mode of the data home: the readers of ``published`` pass through it."""
INBOX_DIR = 0o750
"""Mode of a new inbox: deliveries are full of identities; a group, or the rights of a share, admits the departments."""
SCHEMA_PARTITION = "month=0000-00"
"""Partition of zero-row files, so that a table without deliveries can still be read."""


@dataclass(frozen=True)
class Home:
    """Paths below ``SHOUWANG_HOME``; besides the inbox, only ``restricted`` and ``outbox`` hold identities.

    Members of ``readers_group`` may read the open marts in ``published`` and nothing else; without it, the owner's
    group may. Members of ``office_group`` may read the full marts, if they can enter ``published``; without it, only
    the owner may.
    """

    root: Path
    readers_group: str | None = None
    office_group: str | None = None

    @property
    def inbox(self) -> Path:
        """Files that departments deliver; the default location of every department."""
        return self.root / "inbox"

    @property
    def restricted(self) -> Path:
        """The restricted zone: archive, delivery log, quarantine, identities, reports, errors, the secret."""
        return self.root / "restricted"

    @property
    def outbox(self) -> Path:
        """Workbooks for departments and towns; restricted as well."""
        return self.root / "outbox"

    @property
    def warehouse(self) -> Path:
        """Accepted rows (Parquet) and the dbt warehouse; no identities."""
        return self.root / "warehouse"

    @property
    def published(self) -> Path:
        """Published marts, read by BI tools."""
        return self.root / "published"

    @property
    def dbt(self) -> Path:
        """The files of dbt itself besides the warehouse; no identities."""
        return self.root / "dbt"

    @property
    def dagster(self) -> Path:
        """Dagster's own storage; no identities."""
        return self.root / "dagster"

    @property
    def service_logs(self) -> Path:
        """What the services of the web interface write; no identities."""
        return self.dagster / "services"

    @property
    def rotation(self) -> Path:
        """What a rotation of the secret builds, until it replaces the former state."""
        return self.restricted / "rotation"

    @property
    def apart(self) -> Path:
        """A warehouse that a trace builds apart, and then removes."""
        return self.warehouse / "apart"

    @property
    def closed(self) -> tuple[Path, ...]:
        """The zones that only their owner may enter."""
        return (self.restricted, self.outbox, self.warehouse, self.dbt, self.dagster)

    @property
    def archive(self) -> Path:
        """Delivered originals by SHA-256."""
        return self.restricted / "archive"

    def accepted(self, dataset: Dataset, month: Month | None) -> Path:
        """Return the folder of the accepted rows of one dataset and month (None: the schema partition)."""
        return self._partition(self.warehouse / "accepted", dataset, month)

    def deliveries(self, dataset: Dataset, month: Month | None) -> Path:
        """Return the folder of the per-file ledger of one dataset and month (None: the schema partition)."""
        return self._partition(self.warehouse / "deliveries", dataset, month)

    def quarantine(self, dataset: Dataset, month: Month) -> Path:
        """Return the folder of the rows that were not accepted, with their original text."""
        return self._partition(self.restricted / "quarantine", dataset, month)

    def identities(self, dataset: Dataset, month: Month) -> Path:
        """Return the folder of the original identities of accepted rows."""
        return self._partition(self.restricted / "identities", dataset, month)

    def identities_of(self, dataset: Dataset) -> Path:
        """Return the folder of the original identities of a dataset in all months."""
        return self.restricted / "identities" / dataset.department / dataset.name

    @staticmethod
    def _partition(base: Path, dataset: Dataset, month: Month | None) -> Path:
        partition = f"month={month}" if month else SCHEMA_PARTITION
        return base / dataset.department / dataset.name / partition

    def prepare(self) -> tuple[Path, ...]:
        """Create the zones with their modes, and take away wider rights; return the zones that were open.

        The inbox keeps the rights that the office gave it. The home and ``published`` may belong to somebody else:
        ``shouwang doctor`` reports rights that stay. Raises OSError if the home cannot be written, PermissionError if a
        closed zone cannot be closed.
        """
        for folder, mode in ((self.root, HOME_DIR), (self.published, SHARED_DIR), (self.inbox, INBOX_DIR)):
            if not folder.exists():
                folder.mkdir(parents=folder == self.root)
                folder.chmod(mode)
        for zone in self.closed:
            zone.mkdir(exist_ok=True, mode=PRIVATE_DIR)
        opened = tuple(zone for zone in (self.root, self.published, *self.closed) if self.is_open(zone))
        for zone in self.closed:
            if zone in opened:
                self.set_modes(zone)
        with suppress(PermissionError):
            if self.root in opened or self.lacks_readers(self.root):
                self._set_mode(self.root)
        with suppress(PermissionError):
            if self.published in opened or self.lacks_readers(self.published):
                self.set_modes(self.published)
        return tuple(zone for zone in opened if not self.is_open(zone))

    def is_open(self, zone: Path) -> bool:
        """Check whether a zone, or a published file, gives more rights than it should."""
        return any(stat.S_IMODE(path.stat().st_mode) & 0o777 & ~self._mode(path) for path in self._looked_at(zone))

    def lacks_readers(self, zone: Path) -> str | None:
        """Return a group of the settings that cannot read what is for it in a zone; None if each can."""
        for path in self._looked_at(zone):
            if group := self._group(path):
                needed = self._mode(path) & 0o050
                if not self._has_group(path) or path.stat().st_mode & needed != needed:
                    return group
        return None

    def _looked_at(self, zone: Path) -> Iterator[Path]:
        """Yield the zone, and of ``published``, whose files have several readers, everything in it."""
        yield zone
        if zone == self.published:
            yield from _below(zone)

    def set_modes(self, top: Path) -> None:
        """Give a file or a folder, and everything in it, the modes of its zone, whatever the umask was.

        Links and files that vanish are left out. Raises PermissionError if somebody else owns one of them.
        """
        self._set_mode(top)
        for path in _below(top):
            with suppress(FileNotFoundError):
                self._set_mode(path)

    def _set_mode(self, path: Path) -> None:
        if group := self._group(path):
            with suppress(PermissionError):
                # Only members of a group may hand files to it; the doctor says so.
                os.chown(path, -1, _number_of(group))
        is_safe = path == self.root or self._is_for_readers(path) or self._has_group(path)
        path.chmod(self._mode(path) & (0o777 if is_safe else PRIVATE_DIR))

    def _has_group(self, path: Path) -> bool:
        """Check whether a path belongs to its group, if it has one: the office's files must not fall to another."""
        group = self._group(path)
        return group is None or path.stat().st_gid == _number_of(group)

    def _mode(self, path: Path) -> int:
        if path == self.root:
            return HOME_DIR
        if self._is_for_readers(path) or (self.office_group and path.is_relative_to(self.published)):
            return SHARED_DIR if path.is_dir() else SHARED_FILE
        return PRIVATE_DIR if path.is_dir() else PRIVATE_FILE

    def _group(self, path: Path) -> str | None:
        """Return the group of the settings that may read a path; None if there is none."""
        if path == self.root or self._is_for_readers(path):
            return self.readers_group
        return self.office_group if path.is_relative_to(self.published) else None

    def _is_for_readers(self, path: Path) -> bool:
        """Check whether BI readers open a published path, or pass through it."""
        if not path.is_relative_to(self.published):
            return False
        parts = path.relative_to(self.published).parts
        if not parts or parts[0].endswith(OPEN_ENDING):
            return True
        if len(parts) == 1:
            return parts[0].startswith(_VERSION_FOLDERS) and path.is_dir()
        # DuckDB writes files beside a database, with its name and another ending.
        return parts[0].startswith(_VERSION_FOLDERS) and parts[1].startswith((OPEN_DATABASE, OPEN_PARQUET))

    def is_private(self, path: Path) -> bool:
        """Check whether a path may hold identities."""
        return path.is_relative_to(self.restricted) or path.is_relative_to(self.outbox)

    def make_dir(self, path: Path) -> Path:
        """Create a folder below the home, and its parents, with the mode of their zone."""
        for folder in (p for p in (*reversed(path.parents), path) if p.is_relative_to(self.root)):
            if not folder.exists():
                folder.mkdir(exist_ok=True, mode=PRIVATE_DIR, parents=folder == self.root)
                self._set_mode(folder)
        return path

    def make_inbox(self, department: str, month: Month) -> bool:
        """Create the folder of a department's month in the inbox; return True if it is new.

        It takes the rights of the folder above it, which the office may have given to a group. Raises OSError if it
        cannot be created.
        """
        folder = self.inbox / department / str(month)
        missing = [p for p in (self.root, self.inbox, folder.parent, folder) if not p.exists()]
        for path in missing:
            path.mkdir(mode=PRIVATE_DIR, parents=path == self.root, exist_ok=True)
            if path == self.root:
                self._set_mode(path)
            elif path == self.inbox:
                path.chmod(INBOX_DIR)
            else:
                above = path.parent.stat()
                with suppress(PermissionError):
                    os.chown(path, -1, above.st_gid)
                path.chmod(stat.S_IMODE(above.st_mode) & ~stat.S_IRWXO)
        return bool(missing)

    @contextmanager
    def replacing(self, path: Path) -> Iterator[Path]:
        """Yield a temporary path in the same folder; on success sync it and move it to ``path``.

        A reader sees the old file or the new one, never a partial one; a killed writer leaves the old one. The mode is
        that of the zone. Raises OSError, for instance on a full disk, and then leaves ``path`` unchanged.
        """
        self.make_dir(path.parent)
        with replacing(path, self._set_mode) as temporary:
            yield temporary

    def move(self, file: Path, path: Path) -> None:
        """Move a file of the home to another place of its zone; a killed move leaves it whole at one of the two.

        Raises OSError if it cannot be moved.
        """
        self.make_dir(path.parent)
        self._set_mode(file)
        sync(file)
        file.replace(path)
        sync(path.parent)


@contextmanager
def replacing(path: Path, finish: Callable[[Path], None] = lambda _: None) -> Iterator[Path]:
    """Yield a temporary path beside ``path``, readable by the owner only; on success, move it to ``path``.

    ``finish`` gets the temporary file before it is moved. Raises OSError, and then leaves ``path`` unchanged.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE_FILE))
    try:
        yield temporary
        finish(temporary)
        sync(temporary)
        temporary.replace(path)
        sync(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def _number_of(group: str) -> int:
    """Return the number of a group. Raises KeyError if the machine has none of that name."""
    # Windows has no such module; nothing asks for a group there.
    import grp

    return grp.getgrnam(group).gr_gid


def _below(top: Path) -> Iterator[Path]:
    """Yield everything below a folder except links; what vanishes meanwhile is left out."""
    for folder, folders, files in os.walk(top):
        for path in (Path(folder, name) for name in (*folders, *files)):
            if path.exists() and not path.is_symlink():
                yield path


def point(link: Path, target: str) -> None:
    """Let a symbolic link lead to ``target``, in one step for whoever follows it. Raises OSError."""
    temporary = link.with_name(f".{link.name}.link")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    temporary.replace(link)


def sync(path: Path) -> None:
    """Flush a file or a directory to the disk; Windows opens no directory and flushes no file opened to be read."""
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
