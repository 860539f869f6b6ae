"""Use an SFTP session as the store of a location.

Belongs here: entries in SFTP's words, reading with many requests under way.
Does not belong here: logging in (``sftp``).

Paramiko's own ``listdir_iter`` fails at a name that is not UTF-8. Its ``prefetch`` keeps the rest of the file in memory
once a server sends less than it was asked for. So both are done here, with the same requests.
"""

from __future__ import annotations

import io
import secrets
import stat
from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from sources.landing.transport.store import Entry, local_time
from sources.landing.transport.trouble import writing

if TYPE_CHECKING:
    from paramiko import SFTPClient

_AHEAD = 64
"""Requests under way, as many as OpenSSH's own client has."""
_REQUEST = 1 << 15
"""Bytes of one request; every server has to grant as many."""


class SftpStore:
    """A folder of an SFTP server."""

    def __init__(self, client: SFTPClient, root: str) -> None:
        self._client: Any = client
        self._root = root.removeprefix("/~/") if root.startswith("/~/") else root or "."

    def entries(self, folder: str) -> Iterator[Entry]:
        """Yield the entries of a folder as they arrive; the server does not follow links here."""
        from paramiko import SFTPAttributes, sftp

        handle = self._client._request(sftp.CMD_OPENDIR, self._at(folder))[1].get_string()
        try:
            while True:
                answer = self._client._read_response(self._asked(sftp.CMD_READDIR, handle))[1]
                for _ in range(answer.get_int()):
                    name, line = answer.get_string(), answer.get_string()
                    found = SFTPAttributes._from_msg(answer)  # type: ignore[attr-defined]
                    if name not in (b".", b".."):
                        yield _entry(name, line, found)
        except EOFError:
            # So the server says that there are no more; of a dropped connection nothing may be taken for the end.
            return
        finally:
            with suppress(Exception):
                self._client._request(sftp.CMD_CLOSE, handle)

    def _asked(self, *request: Any) -> int:
        """Send a request and return its number. Raises ConnectionResetError, for which paramiko may say EOFError."""
        try:
            return int(self._client._async_request(type(None), *request))
        except EOFError:
            raise ConnectionResetError from None

    def read(self, path: str) -> AbstractContextManager[BinaryIO]:
        """Open a file."""
        return io.BufferedReader(_Reading(self._client, self._at(path)), _REQUEST)

    def write(self, path: str, content: Path) -> None:
        """Put a file there under a temporary name, then give it its own; folders are made."""
        target = self._at(path)
        folder, _, name = target.rpartition(b"/")
        temporary = b"%s/.%s.%s.tmp" % (folder, name, secrets.token_hex(4).encode())
        with writing():
            self._make(folder)
            try:
                self._client.put(str(content), temporary)
                self._rename(temporary, target)
            finally:
                with suppress(OSError):
                    self._client.remove(temporary)

    def _rename(self, temporary: bytes, target: bytes) -> None:
        try:
            self._client.posix_rename(temporary, target)
        except OSError:
            # The protocol's own renaming replaces nothing; only OpenSSH's does.
            with suppress(OSError):
                self._client.remove(target)
            self._client.rename(temporary, target)

    def _make(self, folder: bytes) -> None:
        try:
            self._client.stat(folder)
        except FileNotFoundError:
            self._make(folder.rpartition(b"/")[0])
            self._client.mkdir(folder)

    def _at(self, path: str) -> bytes:
        full = f"{self._root.rstrip('/')}/{path}" if path else self._root
        return full.encode("utf-8", "surrogateescape")


def _entry(name: bytes, line: bytes, found: Any) -> Entry:
    """Turn SFTP's words into ours; ``line`` is that of ``ls``, for servers that give no mode."""
    kinds = {b"d": stat.S_IFDIR, b"l": stat.S_IFLNK, b"-": stat.S_IFREG}
    mode = found.st_mode if found.st_mode else kinds.get(line[:1], stat.S_IFREG)
    is_folder = stat.S_ISDIR(mode)
    return Entry(
        name.decode("utf-8", "surrogateescape"),
        is_folder,
        None if is_folder else found.st_size,
        local_time(found.st_mtime),
        # A link, a pipe, a device; a server that gives no type means a file.
        is_link=not is_folder and stat.S_IFMT(mode) not in (0, stat.S_IFREG),
    )


class _Reading(io.RawIOBase):
    """A file read in order, with requests under way for what comes next; their number grows as answers arrive."""

    def __init__(self, client: Any, path: bytes) -> None:
        from paramiko import SFTPAttributes, sftp

        self._client = client
        self._handle = client._request(sftp.CMD_OPEN, path, sftp.SFTP_FLAG_READ, SFTPAttributes())[1].get_string()
        self._under_way: deque[tuple[int, int, int]] = deque()
        self._answers: dict[int, tuple[int, Any]] = {}
        self._asked = 0
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer as far as the next answer goes."""
        if not self._rest:
            self._rest = memoryview(self._next())
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size

    def _next(self) -> bytes:
        """Return the next bytes; none at the end."""
        from paramiko import sftp

        for _ in range(min(2, _AHEAD - len(self._under_way))):
            self._under_way.append(self._ask(self._asked, _REQUEST))
            self._asked += _REQUEST
        number, at, size = self._under_way.popleft()
        while number not in self._answers:
            self._client._read_response()
        kind, answer = self._answers.pop(number)
        if kind == sftp.CMD_STATUS:
            with suppress(EOFError):
                self._client._convert_status(answer)
            return b""
        data: bytes = answer.get_string()
        if len(data) < size:
            self._under_way.appendleft(self._ask(at + len(data), size - len(data)))
        return data

    def _ask(self, at: int, size: int) -> tuple[int, int, int]:
        from paramiko import sftp

        number = self._client._async_request(self, sftp.CMD_READ, self._handle, sftp.int64(at), size)
        return number, at, size

    def _async_response(self, kind: int, answer: Any, number: int) -> None:
        """Keep an answer; paramiko calls this by the name that its own files have."""
        self._answers[number] = kind, answer

    def close(self) -> None:
        """Close the file at the server, too; what is still under way is not waited for."""
        from paramiko import sftp

        if not self.closed:
            with suppress(Exception):
                self._client._async_request(type(None), sftp.CMD_CLOSE, self._handle)
        super().close()
