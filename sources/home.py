"""Manage the data home: the paths of all data that Shouwang keeps, and safe writing.

Belongs here: paths, directory and file modes, atomic writes.
Does not belong here: the contents of the files.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sources.contracts.model import Dataset
from sources.months import Month

PRIVATE_DIR = 0o700
PRIVATE_FILE = 0o600
INBOX_DIR = 0o750
"""Mode of a new inbox: deliveries are full of identities; a group, or the rights of a share, admits the departments."""
SCHEMA_PARTITION = "month=0000-00"
"""Partition of zero-row files, so that a table without deliveries can still be read."""


@dataclass(frozen=True)
class Home:
    """Paths below ``SHOUWANG_HOME``; besides the inbox, only ``restricted`` and ``outbox`` hold identities."""

    root: Path

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

    @staticmethod
    def _partition(base: Path, dataset: Dataset, month: Month | None) -> Path:
        partition = f"month={month}" if month else SCHEMA_PARTITION
        return base / dataset.department / dataset.name / partition

    def prepare(self) -> None:
        """Create the zones with their modes; restricted zones are created with mode 0700.

        Raises PermissionError if the home cannot be written.
        """
        for zone in (self.warehouse, self.published):
            zone.mkdir(parents=True, exist_ok=True)
        self.inbox.mkdir(exist_ok=True, mode=INBOX_DIR)
        for zone in (self.restricted, self.outbox):
            zone.mkdir(parents=True, exist_ok=True, mode=PRIVATE_DIR)
            zone.chmod(PRIVATE_DIR)

    def is_private(self, path: Path) -> bool:
        """Check whether a path may hold identities."""
        return path.is_relative_to(self.restricted) or path.is_relative_to(self.outbox)

    def make_dir(self, path: Path) -> Path:
        """Create a folder below the home with the mode of its zone."""
        if self.is_private(path):
            base = self.restricted if path.is_relative_to(self.restricted) else self.outbox
            current = base
            for name in ("", *path.relative_to(base).parts):
                current = current / name
                current.mkdir(exist_ok=True, mode=PRIVATE_DIR)
        else:
            path.mkdir(parents=True, exist_ok=True)
        return path

    @contextmanager
    def replacing(self, path: Path) -> Iterator[Path]:
        """Yield a temporary path in the same folder; on success sync it and move it to ``path``.

        A reader sees the old file or the new one, never a partial one; a killed writer leaves the old one.
        Raises OSError, for instance on a full disk, and then leaves ``path`` unchanged.
        """
        self.make_dir(path.parent)
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
        mode = PRIVATE_FILE if self.is_private(path) else 0o644
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode))
        try:
            yield temporary
            sync(temporary)
            temporary.replace(path)
            sync(path.parent)
        finally:
            temporary.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Flush a file or a directory to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
