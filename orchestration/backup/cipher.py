"""Seal the files of a backup: plain, or encrypted in the format of the tool age (https://age-encryption.org/v1).

Belongs here: keys, names of objects, streams in and out. Does not belong here: which files there are (``store``).

Whoever has the key opens a file without Shouwang: ``age --decrypt --identity KEY FILE``.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import shutil
from pathlib import Path
from typing import BinaryIO, Protocol

from orchestration.backup.errors import BackupError
from sources.home import PRIVATE_DIR, PRIVATE_FILE

_KEY = re.compile(r"^AGE-SECRET-KEY-1[0-9A-Z]+$", re.MULTILINE)


class DamagedError(Exception):
    """A file of a backup cannot be opened."""


class Cipher(Protocol):
    """How files of a backup are sealed and named."""

    recipient: str
    """Public key of an encrypted backup; empty for a plain one."""
    suffix: str

    def name(self, sha256: str) -> str:
        """Name the object of a content by its SHA-256."""

    def seal(self, source: BinaryIO, target: BinaryIO) -> None:
        """Write the sealed bytes of ``source`` to ``target``."""

    def open(self, source: BinaryIO, target: BinaryIO) -> None:
        """Write the content of sealed bytes to ``target``. Raises DamagedError if they cannot be opened."""


class Plain:
    """Keeps files as they are."""

    recipient = ""
    suffix = ""

    def name(self, sha256: str) -> str:
        """Name an object by the hash itself."""
        return sha256

    def seal(self, source: BinaryIO, target: BinaryIO) -> None:
        """Copy."""
        shutil.copyfileobj(source, target)

    def open(self, source: BinaryIO, target: BinaryIO) -> None:
        """Copy."""
        shutil.copyfileobj(source, target)


class Encrypted:
    """Encrypts files with the X25519 key of age."""

    suffix = ".age"

    def __init__(self, key: str) -> None:
        """Take the text of a key. Raises BackupError if it is none."""
        import pyrage

        try:
            self._identity = pyrage.x25519.Identity.from_str(key)
        except pyrage.IdentityError:
            raise BackupError("备份密钥的内容不完整或抄错;请恢复原来的密钥文件。") from None
        self._recipient = self._identity.to_public()
        self.recipient = str(self._recipient)
        # The hash of a delivered file would tell who has that file that it is in the backup.
        self._naming = hashlib.sha256(b"shouwang backup names\0" + key.encode()).digest()

    def name(self, sha256: str) -> str:
        """Name an object by a keyed hash."""
        return hmac.new(self._naming, sha256.encode(), hashlib.sha256).hexdigest()

    def seal(self, source: BinaryIO, target: BinaryIO) -> None:
        """Encrypt."""
        import pyrage

        pyrage.encrypt_io(source, target, [self._recipient])

    def open(self, source: BinaryIO, target: BinaryIO) -> None:
        """Decrypt. Raises DamagedError if the bytes are not those that were written."""
        import pyrage

        try:
            pyrage.decrypt_io(source, target, [self._identity])
        except (pyrage.DecryptError, OSError) as error:
            # Damage within the file is an error of reading that the system does not know.
            if isinstance(error, OSError) and error.errno:
                raise
            raise DamagedError from None


def cipher_of(key_file: Path | None) -> Cipher:
    """Read the key of the settings; without one, backups are plain. Raises BackupError if the file holds no key."""
    if key_file is None:
        return Plain()
    if not key_file.exists():
        raise BackupError(
            f"备份密钥文件不存在:{key_file}。请恢复它,或改正设置 backup_key_file;"
            "第一次备份请加 --new-key 生成,并另外保存一份。"
        )
    key = _KEY.search(key_file.read_text("utf-8", errors="replace"))
    if key is None:
        raise BackupError(f"备份密钥文件 {key_file} 里没有以 AGE-SECRET-KEY-1 开头的密钥;请恢复原来的文件。")
    return Encrypted(key[0])


def make_key(key_file: Path | None) -> None:
    """Write a new key to the file of the settings. Raises BackupError if none is set or the file exists."""
    import pyrage

    if key_file is None:
        raise BackupError("没有设置 backup_key_file;请先在 settings.toml 写明备份密钥放在哪个文件。")
    if key_file.exists():
        raise BackupError(f"备份密钥文件已经存在:{key_file}。换了密钥,以前的备份就打不开,没有改动。")
    key_file.parent.mkdir(mode=PRIVATE_DIR, parents=True, exist_ok=True)
    identity = pyrage.x25519.Identity.generate()
    with os.fdopen(os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE), "w") as file:
        file.write(f"# public key: {identity.to_public()}\n{identity}\n")
        file.flush()
        os.fsync(file.fileno())
