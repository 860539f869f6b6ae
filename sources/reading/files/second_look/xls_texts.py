"""Find the shared texts of an xls that are struck through, run by run ([MS-XLS] 2.4.265, 2.5.293).

Belongs here: the table of shared texts, which continues from record to record.
Does not belong here: fonts of cells (``xls_visibility``).
"""

from __future__ import annotations

import struct
from collections.abc import Callable

_WIDE, _PHONETIC, _RICH = 0x01, 0x04, 0x08
_RUN = struct.Struct("<HH")


class _Table:
    """Reads the bytes of the table across its records."""

    def __init__(self, records: list[bytes]) -> None:
        self._records, self._number, self._at = records, 0, 0

    @property
    def is_over(self) -> bool:
        """Return True if no bytes are left."""
        return self._number >= len(self._records)

    def take(self, count: int) -> bytes:
        """Read bytes; fewer at the end."""
        found = b""
        while count > 0 and not self.is_over:
            record = self._records[self._number]
            piece = record[self._at : self._at + count]
            found, count = found + piece, count - len(piece)
            self._moved(len(piece))
        return found

    def number(self, size: int) -> int:
        """Read a number of so many bytes."""
        return int.from_bytes(self.take(size), "little")

    def skip_characters(self, count: int, width: int) -> None:
        """Pass the characters of a text; a record that goes on in the middle says again how wide they are."""
        while count > 0 and not self.is_over:
            left = (len(self._records[self._number]) - self._at) // width
            if count <= left:
                self._moved(count * width)
                return
            count -= left
            self._number, self._at = self._number + 1, 0
            width = 1 + (self.number(1) & _WIDE)

    def skip(self, count: int) -> None:
        """Pass bytes."""
        while count > 0 and not self.is_over:
            step = min(count, len(self._records[self._number]) - self._at)
            count -= step
            self._moved(step)

    def _moved(self, step: int) -> None:
        self._at += step
        if self._at >= len(self._records[self._number]):
            self._number, self._at = self._number + 1, 0


def struck_shared_texts(records: list[bytes], is_struck: Callable[[int], bool]) -> tuple[set[int], set[int]]:
    """Return the numbers of the texts that are struck through as a whole, and of those in part.

    ``is_struck`` tells whether the font of a number strikes through. It takes a second for each half a million texts.
    """
    table, whole, partly = _Table(records), set[int](), set[int]()
    table.skip(4)
    for number in range(table.number(4)):
        if table.is_over:
            break
        length, flags = table.number(2), table.number(1)
        runs = table.number(2) if flags & _RICH else 0
        phonetic = table.number(4) if flags & _PHONETIC else 0
        table.skip_characters(length, 1 + (flags & _WIDE))
        found = [(start, is_struck(font)) for start, font in _RUN.iter_unpack(_even(table.take(4 * runs)))]
        table.skip(phonetic)
        found = [run for run in found if run[0] < length]
        if any(struck for _, struck in found):
            is_whole = found[0][0] == 0 and all(struck for _, struck in found)
            (whole if is_whole else partly).add(number)
    return whole, partly


def _even(raw: bytes) -> bytes:
    return raw[: len(raw) // _RUN.size * _RUN.size]
