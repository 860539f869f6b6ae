"""Read what the footer of a Parquet file announces, before any library makes room for it.

Belongs here: the few fields of the footer that limits need (Apache Parquet, parquet.thrift; Thrift compact protocol).
Does not belong here: the rows (``parquet_file``), the limits of rows and columns (``typed_sheet``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sources.landing.zips import MAX_UNPACKED
from sources.reading.files.sheet import MAX_COLUMNS
from sources.refusal import RefusedError

MAGIC = b"PAR1"
_ENCRYPTED = b"PARE"
_TAIL = 8
_MAX_FOOTER = 16 * 1024**2
"""Many times that of five million rows; each byte takes half a microsecond."""
_MAX_ELEMENTS = 3 * MAX_COLUMNS + 1
"""A list is three elements of a schema: deeper nesting uses up those of other columns."""
_MAX_DEPTH = 16
"""The structures of a footer nest five deep."""
_DAMAGED = "Parquet文件已损坏或不完整,无法读取;请重新获取数据。"
_TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT, _UUID = 1, 2, 3, 7, 8, 9, 10, 11, 12, 13


@dataclass(frozen=True)
class Footer:
    """What a file announces."""

    rows: int
    size: int
    """Bytes of all pages once they are unpacked."""


class _DamageError(Exception):
    """The footer is not what its format asks for."""


class _Compact:
    """Walks through a structure of the compact protocol; only what is asked for becomes an object."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def byte(self) -> int:
        if self._at >= len(self._data):
            raise _DamageError
        self._at += 1
        return self._data[self._at - 1]

    def varint(self) -> int:
        """Read an unsigned number of at most ten bytes."""
        value = 0
        for shift in range(0, 70, 7):
            part = self.byte()
            value |= (part & 0x7F) << shift
            if part < 0x80:
                return value
        raise _DamageError

    def number(self) -> int:
        """Read a signed number; raises _DamageError if it is negative, which no size is."""
        value = self.varint()
        if value & 1:
            raise _DamageError
        return value >> 1

    def fields(self) -> Iterator[tuple[int, int]]:
        """Yield the number and the type of each field of a structure; the caller reads or skips its value."""
        field = 0
        while head := self.byte():
            delta, kind = head >> 4, head & 0x0F
            field = field + delta if delta else self.varint() >> 1
            yield field, kind

    def items(self) -> tuple[int, int]:
        """Read the length and the type of a list."""
        head = self.byte()
        length = head >> 4 if head >> 4 != 0x0F else self.varint()
        if length > len(self._data):
            raise _DamageError
        return length, head & 0x0F

    def skip(self, kind: int, depth: int = 0, is_item: bool = False) -> None:
        """Pass over a value."""
        if depth > _MAX_DEPTH:
            raise _DamageError
        if kind in (_TRUE, _FALSE):
            self._at += is_item
        elif kind == _BYTE:
            self._at += 1
        elif kind < _DOUBLE:
            self.varint()
        elif kind in (_DOUBLE, _UUID):
            self._at += 8 if kind == _DOUBLE else 16
        elif kind == _BINARY:
            length = self.varint()
            self._at += length
        elif kind in (_LIST, _SET):
            length, item = self.items()
            for _ in range(length):
                self.skip(item, depth + 1, is_item=True)
        elif kind == _STRUCT:
            for _, of_field in self.fields():
                self.skip(of_field, depth + 1)
        else:
            # The structures of a footer have no maps.
            raise _DamageError


def footer_of(content: bytes) -> Footer:
    """Read the footer of a Parquet file. Raises RefusedError if it is damaged, encrypted, or announces too much."""
    if content.endswith(_ENCRYPTED):
        raise RefusedError("Parquet文件已加密,无法读取;请取消加密后重新获取数据。")
    length = int.from_bytes(content[-_TAIL:-4], "little")
    if not content.endswith(MAGIC) or length > len(content) - len(MAGIC) - _TAIL:
        raise RefusedError(_DAMAGED)
    if length > _MAX_FOOTER:
        raise RefusedError(f"Parquet文件的目录超过{_MAX_FOOTER // 1024**2}MiB(列或行组太多),已拒绝;请重新获取数据。")
    try:
        footer = _footer(_Compact(content[-_TAIL - length : -_TAIL]))
    except _DamageError:
        raise RefusedError(_DAMAGED) from None
    if footer.size > MAX_UNPACKED:
        raise RefusedError("Parquet文件解压后超过2GiB,已拒绝;请在来源处按镇街等拆分。")
    return footer


def _footer(data: _Compact) -> Footer:
    rows = size = 0
    for field, kind in data.fields():
        if field == 2 and kind == _LIST:
            elements, item = data.items()
            if elements > _MAX_ELEMENTS:
                raise RefusedError(f"数据超过{MAX_COLUMNS}列,或嵌套太深;请在来源处只取需要的列。")
            for _ in range(elements):
                data.skip(item, is_item=True)
        elif field == 4 and kind == _LIST:
            groups, item = data.items()
            if item != _STRUCT:
                raise _DamageError
            for _ in range(groups):
                more_rows, more = _row_group(data)
                rows, size = rows + more_rows, size + more
        else:
            data.skip(kind)
    return Footer(rows, size)


def _row_group(data: _Compact) -> tuple[int, int]:
    """Read the rows of a row group and the bytes of its pages."""
    rows = size = 0
    for field, kind in data.fields():
        if field == 2 and _BYTE < kind < _DOUBLE:
            size = data.number()
        elif field == 3 and _BYTE < kind < _DOUBLE:
            rows = data.number()
        else:
            data.skip(kind)
    return rows, size
