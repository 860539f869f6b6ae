"""Unpack zip archives, and enforce the limits of any zip-based file (xlsx is one).

Belongs here: members, their names, hostile archives. Does not belong here: the content of a member.
"""

from __future__ import annotations

import io
import lzma
import re
import stat
import struct
import zipfile
import zlib
from contextlib import suppress
from pathlib import PurePosixPath

from sources.landing.archive import MAX_SIZE, TOO_LARGE
from sources.refusal import RefusedError

MAX_RATIO = 100
MAX_UNPACKED = 2 * 1024**3
MAX_MEMBERS = 10_000
_TOO_MANY = f"压缩包(或xlsx)内的文件超过{MAX_MEMBERS}个,已拒绝;请拆分后重新报送。"
_ENTRY = b"PK\x01\x02"
"""Begins each entry of a zip's directory."""
_UTF8_FLAG = 0x800
_UNICODE_PATH, _FIELD = 0x7075, struct.Struct("<HH")
_ENCRYPTED_FLAG = 0x1
_NOISE = ("__MACOSX", "Thumbs.db", "desktop.ini", "Icon\r")
_ARCHIVES = (".zip", ".rar", ".7z")
_DRIVE = re.compile(r"[A-Za-z]:")
DAMAGED = "压缩包(或xlsx)已损坏或不完整,无法读取;请重新生成后报送。"
BROKEN = (
    zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, OSError, zlib.error, lzma.LZMAError,
)  # fmt: skip
"""Errors that Python raises for a damaged zip."""


def check_expansion(content: bytes) -> list[zipfile.ZipInfo]:
    """List the members of a zip that is within the limits.

    Raises RefusedError if it is damaged or encrypted, has more than 10 000 members, or unpacks to more than 100 times
    its size or 2 GiB. Declared sizes are enough to judge by: unpacking never yields more.
    """
    if content.count(_ENTRY) > MAX_MEMBERS:
        # Counted first: each entry takes a hundred times its bytes once it is read.
        raise RefusedError(_TOO_MANY)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except BROKEN:
        raise RefusedError(DAMAGED) from None
    size = sum(m.file_size for m in members)
    if size > MAX_UNPACKED or size > MAX_RATIO * len(content):
        raise RefusedError(f"压缩包解压后超过原大小的{MAX_RATIO}倍或2GiB,已拒绝;请检查文件后重新报送。")
    if any(m.flag_bits & _ENCRYPTED_FLAG for m in members):
        raise RefusedError("压缩包已加密,无法读取;请取消密码后重新报送。")
    return members


def _name(member: zipfile.ZipInfo) -> str:
    """Return the name of a member: by its UTF-8 flag, its Unicode path field, else as UTF-8 or GB18030.

    Macs write UTF-8 without the flag. Names in GB18030 are hardly ever valid UTF-8, the reverse often holds.
    """
    if member.flag_bits & _UTF8_FLAG:
        return member.orig_filename
    # Python decodes unflagged names as cp437, which maps each byte to one character.
    raw = member.orig_filename.encode("cp437", "replace")
    if (field := _unicode_path(member.extra, raw)) is not None:
        return field
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return raw.decode(encoding)
    return member.orig_filename


def _unicode_path(extra: bytes, name: bytes) -> str | None:
    """Return the name in the field 0x7075 (APPNOTE 4.6.9); None if there is none or it belongs to another name."""
    while len(extra) >= _FIELD.size:
        kind, length = _FIELD.unpack_from(extra)
        field, extra = extra[_FIELD.size : _FIELD.size + length], extra[_FIELD.size + length :]
        if kind == _UNICODE_PATH and field[:1] == b"\x01" and field[1:5] == zlib.crc32(name).to_bytes(4, "little"):
            with suppress(UnicodeDecodeError):
                return field[5:].decode("utf-8")
    return None


def _is_noise(path: PurePosixPath) -> bool:
    return any(part in _NOISE or part.startswith(".") for part in path.parts) or path.name.startswith("~$")


def list_zip(content: bytes) -> dict[str, zipfile.ZipInfo]:
    """List the files of a zip by name, in code-point order, without unpacking them.

    Raises RefusedError if it is empty, damaged, encrypted or too large, or if it contains an archive, a link,
    a path out of its folder, or two files of the same name.
    """
    found: dict[str, zipfile.ZipInfo] = {}
    for member in check_expansion(content):
        path = PurePosixPath(_name(member).replace("\\", "/"))
        is_link = stat.S_ISLNK(member.external_attr >> 16)
        if is_link or path.is_absolute() or ".." in path.parts or _DRIVE.match(str(path)):
            raise RefusedError("压缩包内的文件路径指向包外,已拒绝;请重新打包后报送。")
        if member.is_dir() or _is_noise(path):
            continue
        if path.suffix.lower() in _ARCHIVES:
            raise RefusedError("压缩包内还有压缩包,已拒绝;请只压缩一层后重新报送。")
        if str(path) in found:
            raise RefusedError("压缩包内有同名文件,无法分辨,已拒绝;请改名后重新打包报送。")
        found[str(path)] = member
    if not found:
        raise RefusedError("压缩包里没有文件;请检查后重新打包报送。")
    return dict(sorted(found.items()))


def read_member(content: bytes, member: zipfile.ZipInfo) -> bytes:
    """Unpack one file of a zip in memory.

    Raises RefusedError if it is damaged or too large.
    """
    if member.file_size > MAX_SIZE:
        raise RefusedError(TOO_LARGE)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.read(member)
    except BROKEN:
        raise RefusedError("压缩包内的这个文件已损坏,无法解压;请重新打包后报送。") from None
