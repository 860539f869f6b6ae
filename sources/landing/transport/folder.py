"""Reach a local or mounted folder whose months have another layout than the inbox."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import BinaryIO

from sources.home import replacing
from sources.landing.archive import open_regular
from sources.landing.transport.files import FileLocation
from sources.landing.transport.store import Entry, Store, local_time


class FolderLocation(FileLocation):
    """A folder of this machine, or one that is mounted."""

    schemes = ("", "file")
    label = "本机文件夹"
    example = """\
# 本机或已挂载的文件夹,月份的写法与收件目录不同。
url = "/mnt/exchange/minzheng"
# 每月一个文件夹以“/”结尾,例如 "{month:%Y年%-m月}/";文件名里有月份的写作 "低保_{month:%Y%m}*.xlsx"。
pattern = "{month:%Y%m}/"
"""

    @contextmanager
    def connect(self) -> Iterator[Store]:
        """Use the folder as it is."""
        yield FolderStore(Path(self.url.removeprefix("file://")))


class FolderStore:
    """A folder of this machine."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def entries(self, folder: str) -> Iterator[Entry]:
        """Yield the entries of a folder; what vanishes meanwhile is left out."""
        for path in (self._root / folder).iterdir():
            try:
                state = path.lstat()
            except FileNotFoundError:
                continue
            is_folder = stat.S_ISDIR(state.st_mode)
            yield Entry(
                path.name,
                is_folder,
                None if is_folder else state.st_size,
                local_time(state.st_mtime),
                f"{state.st_ino} {state.st_mtime_ns} {state.st_ctime_ns}",
                is_link=not (is_folder or stat.S_ISREG(state.st_mode)),
            )

    def read(self, path: str) -> AbstractContextManager[BinaryIO]:
        """Open a regular file without following a link."""
        return open_regular(self._root / path)

    def write(self, path: str, content: Path) -> None:
        """Put a file there atomically."""
        target = self._root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with replacing(target) as temporary:
            temporary.write_bytes(content.read_bytes())
