"""Take the workbook's stream out of an xls, whose sectors are chained by a table ([MS-CFB]).

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
_NAMES = tuple(name.encode("utf-16-le") + b"\0\0" for name in ("Workbook", "Book"))


def workbook_stream(content: bytes) -> bytes:
    """Return the stream of the workbook; empty if the directory names none.

    Raises RefusedError if the file has no header, or if a chain of sectors is a circle.
    """
    shift = _u16(content, 30)
    if len(content) < _HEADER or not 7 <= shift <= 16:
        raise RefusedError(DAMAGED)
    size = 1 << shift
    sectors = memoryview(content)[_HEADER:]
    table = _numbers(_joined(sectors, size, _table_sectors(content, size)))
    _refuse_circle(table)
    short_table = _numbers(_joined(sectors, size, _chain(table, _u32(content, 60))))
    _refuse_circle(short_table)
    directory = _joined(sectors, size, _chain(table, _u32(content, 48)))
    entries = [directory[i : i + _ENTRY] for i in range(0, len(directory) - _ENTRY + 1, _ENTRY)]
    found = next((entry for name in _NAMES for entry in entries if entry.startswith(name)), None)
    if found is None:
        return b""
    start, length = _u32(found, 116), _u32(found, 120)
    if length >= _SHORT_STREAM:
        return _joined(sectors, size, _chain(table, start))[:length]
    root = _joined(sectors, size, _chain(table, _u32(entries[0], 116)))
    return _joined(memoryview(root), _SHORT, _chain(short_table, start))[:length]


def _u16(raw: bytes, at: int) -> int:
    return int.from_bytes(raw[at : at + 2], "little")


def _u32(raw: bytes, at: int) -> int:
    return int.from_bytes(raw[at : at + 4], "little")


def _numbers(raw: bytes) -> np.ndarray:
    return np.frombuffer(raw[: len(raw) // 4 * 4], "<u4").astype(np.int64)


def _joined(sectors: memoryview, size: int, numbers: list[int]) -> bytes:
    """Join sectors; those beyond the end of the file are empty."""
    return b"".join(sectors[n * size : (n + 1) * size] for n in numbers)


def _table_sectors(content: bytes, size: int) -> list[int]:
    """List the sectors of the table: those in the header, and those in a chain of further lists."""
    found = [n for n in _numbers(content[_IN_HEADER]).tolist() if n < _FREE]
    following = _u32(content, 68)
    for _ in range(len(content) // size):
        listed = _numbers(content[_HEADER + following * size : _HEADER + (following + 1) * size]).tolist()
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
