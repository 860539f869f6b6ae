"""Copy a file within limits, and compare it with the hash that was announced of it.

Belongs here: limits, hashes, the text of checksum files. Does not belong here: where files are (``files``).
"""

from __future__ import annotations

import hashlib
import re
import time
from pathlib import Path
from typing import BinaryIO

from sources.landing.transport.trouble import OneFileError, TransportError, own_disk

MAX_BYTES = 4 * 1024**3
"""Largest file that is fetched."""
MAX_SECONDS = 3600.0
"""How long one file may take, however steadily it drips."""
_CHUNK = 1 << 20
Digest = tuple[str, str]
"""A hash: its algorithm, as hashlib calls it, and the digits."""


def announced_in(content: bytes, algorithm: str, name: str) -> str | None:
    """Find the hash in a checksum file: the only one, or that of the line with the file's name; None without one."""
    text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace")
    hexadecimal = re.compile(rf"(?<![0-9a-zA-Z])[0-9a-fA-F]{{{2 * hashlib.new(algorithm).digest_size}}}(?![0-9a-zA-Z])")
    named = [line for line in text.splitlines() if name in line]
    found = {one.lower() for line in named or [text] for one in hexadecimal.findall(line.replace(name, ""))}
    # PowerShell puts the name on a line of its own.
    found = found or {one.lower() for one in hexadecimal.findall(text)}
    return found.pop() if len(found) == 1 else None


def copy(source: BinaryIO, sink: BinaryIO, size: int | None) -> None:
    """Copy a stream, at most as long as announced.

    Raises TransportError if it is shorter or longer, larger than ``MAX_BYTES``, or takes longer than ``MAX_SECONDS``.
    """
    limit, copied, began = MAX_BYTES if size is None else min(size, MAX_BYTES), 0, time.monotonic()
    while chunk := source.read(_CHUNK):
        copied += len(chunk)
        if copied > limit and limit == MAX_BYTES:
            raise OneFileError(f"文件超过 {MAX_BYTES // 1024**3} GiB", "请对方拆分后再放入")
        if copied > limit:
            raise OneFileError("收到的内容比对方说的长", "请对方核对文件,稍后会自动再试", True)
        if time.monotonic() - began > MAX_SECONDS:
            raise TransportError(f"一个文件传了超过 {MAX_SECONDS / 60:.0f} 分钟", "请检查网络速度", True)
        with own_disk():
            sink.write(chunk)
    if size is not None and copied < size:
        raise OneFileError("收到的内容比对方说的短(传输中断或文件还在写入)", "稍后会自动再试", True)


def check_digest(file: Path, digest: tuple[str, str] | None) -> None:
    """Compare a file with an announced hash. Raises TransportError if it differs."""
    if digest is None:
        return
    algorithm, announced = digest
    with file.open("rb") as source:
        found = hashlib.file_digest(source, algorithm).hexdigest()
    if found != announced.lower():
        raise OneFileError("收到的内容与对方给出的校验值不符", "请对方核对校验文件,或重新放入文件", True)
