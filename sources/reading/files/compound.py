"""Take a stream out of an OLE file, whose sectors are chained by a table ([MS-CFB]), and put another in its place.

Belongs here: sectors, their table, the directory. Does not belong here: the records of the stream (``records``).

No chain is followed in a circle: a reader that does collects sectors until memory ends.
"""

from __future__ import annotations

import numpy as np

from sources.refusal import RefusedError

DAMAGED = "工作簿已损坏或不完整,无法读取;请重新导出后报送。"
_HEADER = 512
_IN_HEADER = slice(76, _HEADER)
"""Where the header lists the first 109 sectors of the table."""
_FREE = 0xFFFFFFFA
"""Numbers from here on are no sectors: end of a chain, free, part of a table."""
_ENTRY, _SHORT = 128, 64
"""Sizes of a directory entry and of a short sector."""
_SHORT_STREAM = 4096
"""Smaller streams are in short sectors, inside the stream of the root entry."""
WORKBOOK = ("Workbook", "Book")
"""Names of the workbook's stream since Excel 97, and before."""


def workbook_stream(content: bytes) -> bytes:
    """Return the stream of the workbook; empty if the directory names none.

    Raises RefusedError if the file has no header, or if a chain of sectors is a circle.
    """
    return stream_named(content, *WORKBOOK)


def stream_named(content: bytes, *names: str) -> bytes:
    """Return the first stream of one of these names; empty if the directory names none.

    Raises RefusedError if the file has no header, or if a chain of sectors is a circle.
    """
    pieces, length = _located(content, names)
    return b"".join(content[piece] for piece in pieces)[:length]


def with_workbook_stream(content: bytes, stream: bytes) -> bytes:
    """Return the file with another stream of the workbook, which must be as long. Raises as ``workbook_stream``."""
    changed, at = bytearray(content), 0
    for piece in _located(content, WORKBOOK)[0]:
        start, stop, _ = piece.indices(len(content))
        part = stream[at : at + max(stop - start, 0)]
        changed[start : start + len(part)] = part
        at += len(part)
    return bytes(changed)


def _located(content: bytes, names: tuple[str, ...]) -> tuple[list[slice], int]:
    """Locate the pieces of a stream in the file, and give its length."""
    shift = _u16(content, 30)
    if len(content) < _HEADER or not 7 <= shift <= 16:
        raise RefusedError(DAMAGED)
    size = 1 << shift
    table = _numbers(_joined(content, size, _table_sectors(content, size)))
    _refuse_circle(table)
    short_table = _numbers(_joined(content, size, _chain(table, _u32(content, 60))))
    _refuse_circle(short_table)
    directory = _joined(content, size, _chain(table, _u32(content, 48)))
    entries = [directory[i : i + _ENTRY] for i in range(0, len(directory) - _ENTRY + 1, _ENTRY)]
    begins = [name.encode("utf-16-le") + b"\0\0" for name in names]
    found = next((entry for name in begins for entry in entries if entry.startswith(name)), None)
    if found is None:
        return [], 0
    start, length = _u32(found, 116), _u32(found, 120)
    if length >= _SHORT_STREAM:
        return [_sector(n, size) for n in _chain(table, start)], length
    root = [_sector(n, size).start for n in _chain(table, _u32(entries[0], 116))]
    shorts = [n * _SHORT for n in _chain(short_table, start) if n * _SHORT < len(root) * size]
    places = [root[at // size] + at % size for at in shorts]
    return [slice(at, at + _SHORT) for at in places], length


def _u16(raw: bytes, at: int) -> int:
    return int.from_bytes(raw[at : at + 2], "little")


def _u32(raw: bytes, at: int) -> int:
    return int.from_bytes(raw[at : at + 4], "little")


def _numbers(raw: bytes) -> np.ndarray:
    return np.frombuffer(raw[: len(raw) // 4 * 4], "<u4").astype(np.int64)


def _sector(number: int, size: int) -> slice:
    """Give the place of a sector; the header takes a whole one, or 512 bytes if sectors are smaller."""
    begin = max(size, _HEADER) + number * size
    return slice(begin, begin + size)


def _joined(content: bytes, size: int, numbers: list[int]) -> bytes:
    """Join sectors; those beyond the end of the file are empty."""
    return b"".join(content[_sector(n, size)] for n in numbers)


def _table_sectors(content: bytes, size: int) -> list[int]:
    """List the sectors of the table: those in the header, and those in a chain of further lists."""
    found = [n for n in _numbers(content[_IN_HEADER]).tolist() if n < _FREE]
    following = _u32(content, 68)
    for _ in range(len(content) // size):
        listed = _numbers(content[_sector(following, size)]).tolist()
        if following >= _FREE or not listed:
            return found
        found += [n for n in listed[:-1] if n < _FREE]
        following = listed[-1]
    raise RefusedError(DAMAGED)


def _chain(table: np.ndarray, start: int) -> list[int]:
    """List the sectors of a chain that is no circle."""
    found = []
    while start < len(table):
        found.append(start)
        start = int(table[start])
    return found


def _refuse_circle(table: np.ndarray) -> None:
    """Raise RefusedError for a circle: a chain that has not ended after as many steps as there are sectors."""
    end = len(table)
    after = np.append(np.minimum(table, end), end)
    for _ in range(end.bit_length()):
        after = after[after]
    if (after != end).any():
        raise RefusedError(DAMAGED)
