"""Zip archives of extracts, and the limits that any zip-based file must keep (xlsx is one).

Belongs here: members, their names, hostile archives. Does not belong here: what a member holds.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import PurePosixPath

from sources.readers.refusal import RefusedError

MAX_RATIO = 100
MAX_UNPACKED = 2 * 1024**3
MAX_MEMBERS = 10_000
_UTF8_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1
_NOISE = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")


def check_expansion(content: bytes) -> list[zipfile.ZipInfo]:
    """List the members of a zip that keeps the limits.

    Raises RefusedError when it is damaged, encrypted, or unpacks to more than 100 times its size or 2 GiB.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise RefusedError("压缩包(或xlsx)已损坏或不完整,无法读取;请重新生成后报送。") from None
    size = sum(m.file_size for m in members)
    if len(members) > MAX_MEMBERS or size > MAX_UNPACKED or size > MAX_RATIO * len(content):
        raise RefusedError(f"压缩包解压后超过原大小的{MAX_RATIO}倍或2GiB,已拒绝;请检查文件后重新报送。")
    if any(m.flag_bits & _ENCRYPTED_FLAG for m in members):
        raise RefusedError("压缩包已加密,无法读取;请取消密码后重新报送。")
    return members


def _name(member: zipfile.ZipInfo) -> str:
    if member.flag_bits & _UTF8_FLAG:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return member.filename


def _is_noise(path: PurePosixPath) -> bool:
    return any(part in _NOISE for part in path.parts) or path.name.startswith(("~$", "."))


def read_zip(content: bytes) -> dict[str, bytes]:
    """Unpack the files of a zip in memory, by member name in code-point order.

    Raises RefusedError when it nests, climbs out of its folder, is encrypted, damaged, or too large.
    """
    members: dict[str, zipfile.ZipInfo] = {}
    for member in check_expansion(content):
        path = PurePosixPath(_name(member).replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in path.parts[0:1]:
            raise RefusedError("压缩包内的文件路径指向包外,已拒绝;请重新打包后报送。")
        if path.suffix.lower() in (".zip", ".rar", ".7z"):
            raise RefusedError("压缩包内还有压缩包,已拒绝;请只压缩一层后重新报送。")
        if not member.is_dir() and not _is_noise(path):
            members[str(path)] = member
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {name: archive.read(members[name]) for name in sorted(members)}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, OSError, zlib.error):
        raise RefusedError("压缩包已损坏或不完整,无法解压;请重新生成后报送。") from None
