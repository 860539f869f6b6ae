"""Define a place of files as its kind shows it: the entries of one folder, reading and writing.

Belongs here: the shapes that every kind fills. Does not belong here: walking folders and choosing files (``files``).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from sources.landing.locations import LOCAL_TIME
from sources.landing.transport.copying import Digest


@dataclass(frozen=True)
class Entry:
    """One entry of a folder."""

    name: str
    is_folder: bool = False
    size: int | None = None
    modified: datetime | None = None
    """Local time in China, without a zone."""
    tag: str = ""
    """What the server says of the content's version, besides size and time."""
    digest: Digest | None = None
    is_link: bool = False

    @property
    def version(self) -> str:
        """What changes with the content, as far as a listing tells."""
        return " ".join(map(str, (self.size, self.modified and self.modified.isoformat(), self.tag)))


class Store(Protocol):
    """What a kind of location can do with paths below the location, separated by ``/``; the top is the empty path."""

    def entries(self, folder: str) -> Iterator[Entry]:
        """Yield the entries of a folder as they arrive. Raises FileNotFoundError if there is none."""

    def read(self, path: str) -> AbstractContextManager[BinaryIO]:
        """Open a file."""

    def write(self, path: str, content: Path) -> None:
        """Put a file there under a temporary name, then give it its own; folders are made."""


def local_time(at: float | datetime | str | None) -> datetime | None:
    """Turn a time of a server, seconds of the epoch or a date with a zone, into China's; None if it is no time."""
    try:
        if isinstance(at, str):
            at = datetime.fromisoformat(at)
        if isinstance(at, datetime):
            return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(LOCAL_TIME).replace(tzinfo=None)
        return None if at is None else datetime.fromtimestamp(at, LOCAL_TIME).replace(tzinfo=None)
    except (ValueError, OverflowError, OSError):
        return None
