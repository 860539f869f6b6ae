"""Look at an xls a second time for hidden rows and columns and for struck texts ([MS-XLS]).

Belongs here: the records that say so. Does not belong here: xlsx (``xlsx_visibility``, ``struck``), rich texts
(``xls_texts``).
"""

from __future__ import annotations

import re
import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from sources.reading.files.second_look.xls_texts import struck_shared_texts
from sources.reading.files.sheet import Sheet

_BEGIN, _END, _SHEET, _FONT, _FORMAT_OF_CELLS, _TEXTS, _CONTINUE = (
    0x0809,
    0x000A,
    0x0085,
    0x0031,
    0x00E0,
    0x00FC,
    0x003C,
)
_DIMENSIONS, _ROW, _COLUMNS, _ROW_OF_NUMBERS, _SHARED_TEXT = 0x0200, 0x0208, 0x007D, 0x00BD, 0x00FD
_CELL = frozenset({0x0006, 0x00D6, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E})
"""Records of one cell with content; they begin with row, column and number of the format."""
_STRUCK, _HIDDEN_ROW, _HIDDEN_COLUMN = 0x08, 0x20, 0x01
_HEIGHT, _LEAST_HEIGHT, _LEAST_WIDTH = 0x7FFF, 14, 128
"""Heights are in twentieths of a point, widths in 256ths of a character; less is next to nothing, as in an xlsx."""
_MISSING_FONT = 4
"""No font has this number ([MS-XLS] 2.5.129): later ones are in the list one place before their number."""
_WIDTH = 16_384
_PAIR, _TRIPLE = struct.Struct("<HH"), struct.Struct("<HHH")


def _having(bit: int) -> bytes:
    return b"[" + b"".join(b"\\x%02x" % byte for byte in range(256) if byte & bit) + b"]"


_MAY_HIDE_ROWS = re.compile(
    rb"\x08\x02\x10\x00.{6}(?:[\x00-\x0d][\x00\x80]|.{6}" + _having(_HIDDEN_ROW) + rb")", re.DOTALL
)
"""The record of a hidden row, or of one of next to no height; other bytes may look like it."""


@dataclass
class _Book:
    """What the records about the whole workbook say: where sheets begin, what strikes texts through."""

    sheets: list[int] = field(default_factory=list)
    fonts: list[bool] = field(default_factory=list)
    """For each font in the order of the records, whether it strikes through."""
    font_of_cells: list[int] = field(default_factory=list)
    texts: list[bytes] = field(default_factory=list)
    """The record of the shared texts and those that continue it."""

    def is_struck(self, font: int) -> bool:
        """Tell whether the font of this number strikes through."""
        place = font - (font > _MISSING_FONT)
        return place < len(self.fonts) and self.fonts[place]

    def struck_formats(self) -> frozenset[int]:
        """Return the numbers of the formats of cells whose font strikes through."""
        return frozenset(number for number, font in enumerate(self.font_of_cells) if self.is_struck(font))


def with_biff_visibility(stream: bytes, sheets: list[Sheet]) -> list[Sheet]:
    """Add to the sheets of an xls what is hidden or struck through in it, from the stream of its workbook.

    It takes a second for each million records, and next to nothing if nothing is hidden or struck through.
    """
    book = _book(stream)
    formats = book.struck_formats()
    whole, partly = struck_shared_texts(book.texts, book.is_struck) if any(book.fonts) else (set(), set())
    is_whole_walk = bool(formats or whole or partly or _MAY_HIDE_ROWS.search(stream))
    found = []
    for sheet in sheets:
        if not sheet.is_hidden and sheet.number <= len(book.sheets):
            begin = book.sheets[sheet.number - 1]
            sheet = replace(sheet, hidden_columns=_hidden_columns(_records(stream, begin), sheet.cells.width))
            sheet = _looked_at(sheet, _records(stream, begin), formats, whole, partly) if is_whole_walk else sheet
        found.append(sheet)
    return found


def _records(stream: bytes, position: int) -> Iterator[tuple[int, bytes]]:
    """Yield kind and body of the records from a position to the end of the sheet, without those of charts inside."""
    depth, end, pair = 0, len(stream) - 4, _PAIR.unpack_from
    while position <= end:
        kind, length = pair(stream, position)
        if kind == _BEGIN:
            depth += 1
        elif kind == _END:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1:
            yield kind, stream[position + 4 : position + 4 + length]
        position += 4 + length


def _book(stream: bytes) -> _Book:
    book, former = _Book(), 0
    for kind, body in _records(stream, 0):
        if kind == _SHEET:
            book.sheets.append(int.from_bytes(body[:4], "little"))
        elif kind == _FONT:
            book.fonts.append(len(body) > 2 and bool(body[2] & _STRUCK))
        elif kind == _FORMAT_OF_CELLS:
            book.font_of_cells.append(int.from_bytes(body[:2], "little"))
        elif kind == _TEXTS or (kind == _CONTINUE and former == _TEXTS):
            book.texts.append(body)
            kind = _TEXTS
        former = kind
    return book


def _hidden_columns(records: Iterator[tuple[int, bytes]], width: int) -> np.ndarray:
    """List the hidden columns, whose records are above those of the rows."""
    columns = set[int]()
    for kind, body in records:
        if kind == _COLUMNS and len(body) >= 10:
            first, last = _PAIR.unpack_from(body)
            if body[8] & _HIDDEN_COLUMN or _PAIR.unpack_from(body, 4)[0] < _LEAST_WIDTH:
                columns.update(range(first, min(last + 1, width)))
        elif kind in (_DIMENSIONS, _ROW):
            break
    return np.array(sorted(columns), np.int64)


def _looked_at(
    sheet: Sheet, records: Iterator[tuple[int, bytes]], formats: frozenset[int], whole: set[int], partly: set[int]
) -> Sheet:
    rows, struck, part = array("q"), array("q"), array("q")
    for kind, body in records:
        if kind in _CELL:
            if len(body) >= 6:
                row, column, number = _TRIPLE.unpack_from(body)
                text = int.from_bytes(body[6:10], "little") if kind == _SHARED_TEXT else -1
                if number in formats or text in whole:
                    struck.append(row * _WIDTH + column)
                elif text in partly:
                    part.append(row * _WIDTH + column)
        elif kind == _ROW_OF_NUMBERS:
            struck.extend(_struck_numbers(body, formats))
        elif (
            kind == _ROW
            and len(body) >= 13
            and (body[12] & _HIDDEN_ROW or _PAIR.unpack_from(body, 4)[1] & _HEIGHT < _LEAST_HEIGHT)
        ):
            rows.append(_PAIR.unpack_from(body)[0])
    return replace(
        sheet,
        hidden_rows=np.unique(np.array(rows, np.int64)),
        struck_cells=_places(struck),
        partly_struck_cells=_places(part),
    )


def _is_hidden_row(body: bytes) -> bool:
    return len(body) >= 13 and bool(body[12] & _HIDDEN_ROW or _PAIR.unpack_from(body, 4)[1] & _HEIGHT < _LEAST_HEIGHT)


def _struck_numbers(body: bytes, formats: frozenset[int]) -> list[int]:
    """List the struck cells of a record with several numbers: row, first column, (format, number) each, last column."""
    row, first = _PAIR.unpack_from(body) if len(body) >= 6 else (0, 0)
    numbers = range((len(body) - 6) // 6)
    return [
        row * _WIDTH + first + i for i in numbers if int.from_bytes(body[4 + 6 * i : 6 + 6 * i], "little") in formats
    ]


def _places(numbers: array[int]) -> np.ndarray:
    found = np.array(numbers, np.int64)
    return np.column_stack((found // _WIDTH, found % _WIDTH))
