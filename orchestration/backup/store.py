"""Keep the objects of a backup: the content of each file once, verified after it is written.

Belongs here: the folder of a backup, its header, writing and reading objects.
Does not belong here: which files a home has (``contents``), the list of a snapshot (``snapshots``).
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO, cast

from orchestration.backup.cipher import Cipher, DamagedError
from orchestration.backup.errors import BackupError
from orchestration.runtime.locks import LOCK_FILE
from sources.home import PRIVATE_DIR, Home

HEADER = "shouwang-backup.json"
OBJECTS = "objects"
_FORMAT = 1
_CHUNK = 1 << 20


class ChangedError(Exception):
    """A file changed while it was copied."""


class _Hashing(io.RawIOBase):
    """Passes bytes on to another stream and hashes them."""

    def __init__(self, stream: BinaryIO | None = None) -> None:
        self._stream, self.sha256, self.size = stream, hashlib.sha256(), 0
        self.failure: OSError | None = None
        """Error of the stream: the age library passes it on without its number."""

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Read from the stream."""
        try:
            content = self._stream.read(size) if self._stream else b""
        except OSError as error:
            self.failure = error
            raise
        self.sha256.update(content)
        self.size += len(content)
        return content

    def write(self, content: bytes) -> int:  # type: ignore[override]
        """Write to the stream, if there is one."""
        self.sha256.update(content)
        self.size += len(content)
        if self._stream:
            try:
                self._stream.write(content)
            except OSError as error:
                self.failure = error
                raise
        return len(content)


class Store:
    """The objects in a backup's folder."""

    def __init__(self, folder: Path, cipher: Cipher) -> None:
        self.folder, self.cipher = folder, cipher
        # Only for its way to write: in a folder without zones, every file is for the owner alone.
        self._writer = Home(folder)
        self._unread: dict[str, Path] = {}
        self._verified: set[str] = set()
        self.bytes_written = 0

    def prepare(self) -> None:
        """Begin or continue the backup, and remove what a killed one left unfinished.

        Raises BackupError if the folder has a backup with another key.
        """
        if not (self.folder / HEADER).exists():
            self.write(HEADER, json.dumps({"format": _FORMAT, "recipient": self.cipher.recipient}).encode())
        self.check_header()
        self.folder.chmod(PRIVATE_DIR)
        for path in [p for p in self.folder.rglob("*.tmp") if _is_unfinished(p)]:
            path.unlink()

    def check_header(self) -> None:
        """Check that this is a backup with this key. Raises BackupError if it is not."""
        try:
            header = json.loads((self.folder / HEADER).read_text("utf-8"))
            version, recipient = header["format"], header["recipient"]
        except FileNotFoundError:
            raise BackupError(f"{self.folder} 不是守望的备份:没有 {HEADER}。") from None
        except (ValueError, KeyError, TypeError):
            raise BackupError(f"备份的说明文件 {self.folder / HEADER} 已损坏。") from None
        if version != _FORMAT:
            raise BackupError(f"{self.folder} 是别的版本的守望写的备份(格式 {version}),这个版本读不了。")
        if recipient != self.cipher.recipient:
            raise BackupError(f"{self.folder} {_of_key(recipient)},{_given(self.cipher.recipient)}。")

    def path(self, sha256: str) -> Path:
        """Return the path of an object."""
        name = self.cipher.name(sha256)
        return self.folder / OBJECTS / name[:2] / f"{name}{self.cipher.suffix}"

    def put(self, opened: Callable[[], BinaryIO]) -> tuple[str, int]:
        """Keep a content, unless it is there undamaged; return its SHA-256 and size.

        Raises ChangedError if it changes while it is read, OSError if it cannot be read or written.
        """
        with opened() as source:
            sha256, size = _digest(source)
        if not self._has(sha256):
            with opened() as source, self._writer.replacing(self.path(sha256)) as temporary:
                passing = _Hashing(source)
                with temporary.open("wb") as target:
                    self._seal(passing, _Hashing(target))
                if passing.sha256.hexdigest() != sha256:
                    raise ChangedError
                self.bytes_written += temporary.stat().st_size
            self._unread[sha256] = self.path(sha256)
        return sha256, size

    def _seal(self, source: _Hashing, target: _Hashing) -> None:
        """Seal a stream. Raises OSError as the streams do: the age library raises errors of its own for them."""
        try:
            self.cipher.seal(cast(BinaryIO, source), cast(BinaryIO, target))
        except Exception:
            if failure := source.failure or target.failure:
                raise failure from None
            raise

    def verify_written(self, needed: Iterable[str]) -> None:
        """Read every new object from the disk and compare it; remove those that are not needed any more.

        Raises BackupError naming the file if one differs.
        """
        for sha256 in self._unread.keys() - set(needed):
            path = self._unread.pop(sha256)
            self.bytes_written -= path.stat().st_size
            path.unlink()
        for sha256, path in self._unread.items():
            _forget(path)
            self.check(sha256, str(path))
        self._unread.clear()

    def check(self, sha256: str, name: str) -> None:
        """Verify an object. Raises BackupError naming it and ``name`` if it is missing or damaged."""
        if not self._is_intact(sha256):
            raise BackupError(f"备份已损坏或不完整:{name}(备份文件 {self.path(sha256)})与登记的指纹不符。")

    def fetch(self, sha256: str, target: BinaryIO, name: str) -> None:
        """Write a content to ``target`` and verify it. Raises BackupError naming the file if it is damaged."""
        passing = _Hashing(target)
        try:
            with self.path(sha256).open("rb") as source:
                self.cipher.open(source, cast(BinaryIO, passing))
        except (FileNotFoundError, DamagedError):
            if passing.failure:
                raise passing.failure from None
            passing.sha256 = hashlib.sha256(b"damaged")
        if passing.sha256.hexdigest() != sha256:
            raise BackupError(
                f"备份已损坏或不完整:{name}(备份文件 {self.path(sha256)})丢失,或与登记的指纹不符;没有恢复任何文件。"
                "请换一个时间的备份(--snapshot)或另一份备份。"
            )

    def write(self, name: str, content: bytes) -> None:
        """Write a small file of the backup itself, atomically."""
        with self._writer.replacing(self.folder / name) as temporary:
            temporary.write_bytes(content)

    def remove_all_but(self, hashes: Iterable[str]) -> int:
        """Remove the objects of no other content; return the bytes freed."""
        kept, freed = {self.path(sha256) for sha256 in hashes}, 0
        for path in (self.folder / OBJECTS).glob("*/*"):
            if path not in kept:
                freed += path.stat().st_size
                path.unlink()
        return freed

    def _has(self, sha256: str) -> bool:
        if sha256 in self._verified or sha256 in self._unread:
            return True
        if not self.path(sha256).exists() or not self._is_intact(sha256):
            return False
        self._verified.add(sha256)
        return True

    def _is_intact(self, sha256: str) -> bool:
        passing = _Hashing()
        try:
            with self.path(sha256).open("rb") as source:
                self.cipher.open(source, cast(BinaryIO, passing))
        except (OSError, DamagedError):
            return False
        return passing.sha256.hexdigest() == sha256


def require_usable(folder: Path) -> None:
    """Check that a folder is new, empty or a backup. Raises BackupError if it holds anything else."""
    if not folder.exists() or (folder / HEADER).exists():
        return
    if [path.name for path in folder.iterdir() if path.name != LOCK_FILE and not _is_unfinished(path)]:
        raise BackupError(f"{folder} 里有别的文件,不是守望的备份;请换一个空目录。")


def _digest(source: BinaryIO) -> tuple[str, int]:
    passing = _Hashing(source)
    while passing.read(_CHUNK):
        pass
    return passing.sha256.hexdigest(), passing.size


def _forget(path: Path) -> None:
    """Drop a file from the cache of the system, so that it is read from the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)


def _is_unfinished(path: Path) -> bool:
    return path.name.startswith(".") and path.name.endswith(".tmp")


def _of_key(recipient: str) -> str:
    return f"是用另一把密钥加密的(公钥 {recipient})" if recipient else "是没有加密的备份"


def _given(recipient: str) -> str:
    if not recipient:
        return "而设置里没有 backup_key_file:请写明密钥文件"
    return f"与设置 backup_key_file 的密钥(公钥 {recipient})不符:请改正设置,或换一个目录"
