"""Use a file system of fsspec as the store of a location.

Belongs here: fsspec's words for an entry. Does not belong here: connecting, one kind's own words (its module).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from sources.landing.transport.files import Entry, local_time

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_TIMES = ("mtime", "modified", "LastModified", "last_write_time", "updated")


class FsspecStore:
    """A folder of a file system; a kind overrides what its server tells better."""

    def __init__(self, system: AbstractFileSystem, root: str) -> None:
        self.system, self.root = system, root.rstrip("/")

    def entries(self, folder: str) -> Iterator[Entry]:
        """Yield the entries of a folder."""
        for info in self.system.ls(self.at(folder), detail=True, refresh=True):
            yield self.entry(info)

    def read(self, path: str) -> AbstractContextManager[BinaryIO]:
        """Open a file."""
        opened: AbstractContextManager[BinaryIO] = self.system.open(self.at(path), "rb")
        return opened

    def write(self, path: str, content: Path) -> None:
        """Put a file there under a temporary name, then give it its own."""
        target = self.at(path)
        folder, _, name = target.rpartition("/")
        temporary = f"{folder}/.{name}.{secrets.token_hex(4)}.tmp"
        self.system.makedirs(folder, exist_ok=True)
        try:
            self.system.put_file(str(content), temporary)
            self.system.mv(temporary, target)
        finally:
            with suppress(Exception):
                self.system.rm_file(temporary)

    def at(self, path: str) -> str:
        """Return the path in the file system."""
        return f"{self.root}/{path}" if path else self.root or "/"

    def entry(self, info: Mapping[str, Any]) -> Entry:
        """Turn fsspec's description of an entry into ours."""
        is_folder = info.get("type") == "directory"
        modified = next((info[key] for key in _TIMES if info.get(key) is not None), None)
        return Entry(
            name=str(info["name"]).rstrip("/").rpartition("/")[2],
            is_folder=is_folder,
            size=None if is_folder else info.get("size"),
            modified=local_time(modified),
            tag=str(info.get("ETag") or info.get("etag") or ""),
            is_link=bool(info.get("islink")) or info.get("type") == "link",
        )
