"""The data home: where everything that Shouwang keeps lies on disk, and how it is written.

Belongs here: paths, directory and file modes, atomic writes.
Does not belong here: what is in the files.
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
"""Of a new inbox: what departments deliver is full of identities. A group, or a share's own rights, lets them in."""
SCHEMA_PARTITION = "month=0000-00"
"""Partition that holds only zero-row files, so that a table nobody delivered can still be read."""


@dataclass(frozen=True)
class Home:
    """Paths below ``SHOUWANG_HOME``. Identities live only under ``restricted`` and ``outbox``."""

    root: Path

    @property
    def inbox(self) -> Path:
        """What departments put there; the default location of every department."""
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
        """What BI tools read."""
        return self.root / "published"

    @property
    def archive(self) -> Path:
        """Originals by SHA-256."""
        return self.restricted / "archive"

    def accepted(self, dataset: Dataset, month: Month | None) -> Path:
        """Folder of the accepted rows of one dataset and month (None: the schema partition)."""
        return self._partition(self.warehouse / "accepted", dataset, month)

    def deliveries(self, dataset: Dataset, month: Month | None) -> Path:
        """Folder of the per-file balances of one dataset and month."""
        return self._partition(self.warehouse / "deliveries", dataset, month)

    def quarantine(self, dataset: Dataset, month: Month) -> Path:
        """Folder of the rows that were not accepted, with their original text."""
        return self._partition(self.restricted / "quarantine", dataset, month)

    def identities(self, dataset: Dataset, month: Month) -> Path:
        """Folder of the identities behind the pseudonyms of accepted rows."""
        return self._partition(self.restricted / "identities", dataset, month)

    @staticmethod
    def _partition(base: Path, dataset: Dataset, month: Month | None) -> Path:
        partition = f"month={month}" if month else SCHEMA_PARTITION
        return base / dataset.department / dataset.name / partition

    def prepare(self) -> None:
        """Create the zones with their modes; restricted zones are 0700 from the first moment.

        Raises PermissionError when the home cannot be written.
        """
        for zone in (self.warehouse, self.published):
            zone.mkdir(parents=True, exist_ok=True)
        self.inbox.mkdir(exist_ok=True, mode=INBOX_DIR)
        for zone in (self.restricted, self.outbox):
            zone.mkdir(parents=True, exist_ok=True, mode=PRIVATE_DIR)
            zone.chmod(PRIVATE_DIR)

    def is_private(self, path: Path) -> bool:
        """True where identities may lie."""
        return path.is_relative_to(self.restricted) or path.is_relative_to(self.outbox)

    def make_dir(self, path: Path) -> Path:
        """Create a folder below the home with the mode of its zone."""
        if self.is_private(path):
            base = self.restricted if path.is_relative_to(self.restricted) else self.outbox
            current = base
            for part in ("", *path.relative_to(base).parts):
                current = current / part
                current.mkdir(exist_ok=True, mode=PRIVATE_DIR)
        else:
            path.mkdir(parents=True, exist_ok=True)
        return path

    @contextmanager
    def replacing(self, path: Path) -> Iterator[Path]:
        """Yield a temporary path beside ``path``; on success it is synced and takes its place.

        A reader sees the old file or the new one, never a part; a killed writer leaves the old one.
        Raises OSError (for instance a full disk) and leaves ``path`` as it was.
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
