"""Look a second time at an xls, for the cells that calamine does not tell as a person sees them ([MS-XLS]).

Belongs here: finding these cells by their records.
Does not belong here: correcting them (``found_cells``), formulas of records (``xls_formulas``), extents (``records``).

The cells are gone through only if the workbook has such a format, or ``records`` has seen such a cell.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from sources.reading.files.second_look.computed import FormulaCell, Place
from sources.reading.files.second_look.formats import code_of, general, is_plain
from sources.reading.files.second_look.found_cells import FoundCells, corrected
from sources.reading.files.second_look.xls_formulas import infix
from sources.reading.files.sheet import Sheet

_BEGIN, _END = 0x0809, 0x000A
_SHEET, _FORMAT, _STYLE, _DATES = 0x0085, 0x041E, 0x00E0, 0x0022
_FORMULA, _ERROR, _NUMBER, _RK, _RKS = 0x0006, 0x0205, 0x0203, 0x027E, 0x00BD
_TEXTS = frozenset({0x00FD, 0x0204, 0x00D6})
_EXCEL_97 = 0x0600
_IS_TEXT, _IS_ERROR, _IS_EMPTY = 0, 2, 3
_CALCULATE_ON_LOAD = 0x2
"""Flag of a formula that programs set which do not compute; Excel leaves it out."""
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_CELL, _REAL = struct.Struct("<HHH"), struct.Struct("<d")


def look_at_xls(stream: bytes, sheets: Sequence[Sheet], is_odd: bool) -> list[Sheet]:
    """Return the sheets of the workbook's stream with their cells as a person sees them.

    ``is_odd`` is what ``check_records`` says.

    Raises RefusedError if there are too many cells to correct.
    """
    book = _Workbook(stream)
    found = {}
    if book.is_altering or is_odd:
        for sheet in sheets:
            if not sheet.is_hidden and sheet.number <= len(book.sheets):
                found[sheet.number] = book.found(book.sheets[sheet.number - 1])
    return corrected(sheets, found, any(cells.has_result for cells in found.values()), book.has_1904_dates)


def _records(stream: bytes, position: int) -> Iterator[tuple[int, bytes]]:
    """Yield kind and body of the records from a position to the end of their part of the stream."""
    depth = 0
    while position + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, position)
        depth += (kind == _BEGIN) - (kind == _END)
        if depth <= 0:
            return
        if depth == 1:
            yield kind, stream[position + 4 : position + 4 + length]
        position += 4 + length


class _Workbook:
    """The formats of a workbook and the places of its sheets in the stream."""

    def __init__(self, stream: bytes) -> None:
        self._stream = stream
        self.sheets: list[int] = []
        self.has_1904_dates = self._is_excel_97 = False
        codes: dict[int, str] = {}
        styles: list[tuple[int, bool]] = []
        for kind, body in _records(stream, 0):
            if kind == _BEGIN:
                self._is_excel_97 = _u16(body, 0) >= _EXCEL_97
            elif kind == _SHEET:
                self.sheets.append(int.from_bytes(body[:4], "little"))
            elif kind == _DATES:
                self.has_1904_dates = _u16(body, 0) == 1
            elif kind == _FORMAT:
                codes[_u16(body, 0)] = self._text(body[2:])
            elif kind == _STYLE:
                styles.append((_u16(body, 2), bool(_u16(body, 4) & 0x4)))
        self._codes = [code_of(number, codes) for number, _ in styles]
        altering = [not is_plain(code) for code in self._codes]
        self._altering = frozenset(i for i, alters in enumerate(altering) if alters)
        self.is_altering = any(not is_of_style for i, (_, is_of_style) in enumerate(styles) if altering[i])

    def _text(self, raw: bytes) -> str:
        """Decode the code of a format, which until Excel 95 is in the code page of the system."""
        if not self._is_excel_97:
            return raw[1 : 1 + raw[0]].decode("gb18030", "replace") if raw else ""
        count, is_wide = _u16(raw, 0), raw[2:3] == b"\x01"
        return raw[3 : 3 + count * (1 + is_wide)].decode("utf-16-le" if is_wide else "latin-1", "replace")

    def found(self, position: int) -> FoundCells:
        """Find the cells to correct in the sheet that begins at a position."""
        found = FoundCells()
        for kind, body in _records(self._stream, position):
            if kind == _RKS:
                self._keep_row(body, found)
            elif len(body) < _CELL.size:
                continue
            elif kind == _FORMULA:
                self._keep_formula(body, found)
            elif kind == _ERROR and body[7:8] == b"\x01":
                found.errors[_place(body)] = _ERRORS.get(body[6], "#N/A")
            elif kind in _TEXTS:
                self._keep(body, None, found)
            elif kind == _NUMBER and len(body) >= 14:
                self._keep(body, _REAL.unpack_from(body, 6)[0], found)
            elif kind == _RK:
                self._keep(body, _of_rk(body[6:10]), found)
        found.check()
        return found

    def _keep(self, body: bytes, number: float | None, found: FoundCells) -> None:
        row, column, style = _CELL.unpack_from(body)
        if style in self._altering:
            found.formats[row, column] = (self._codes[style], None if number is None else general(number))

    def _keep_row(self, body: bytes, found: FoundCells) -> None:
        """Keep the numbers of several cells of a row, each with its style."""
        for i, at in enumerate(range(4, len(body) - 6, 6)):
            style = _u16(body, at)
            if style in self._altering:
                number = general(_of_rk(body[at + 2 : at + 6]))
                found.formats[_u16(body, 0), _u16(body, 2) + i] = (self._codes[style], number)

    def _keep_formula(self, body: bytes, found: FoundCells) -> None:
        if len(body) < 22:
            return
        at, result = _place(body), body[6:14]
        style, flags = _u16(body, 4), _u16(body, 14)
        is_number = result[6:] != b"\xff\xff"
        number = _REAL.unpack(result)[0] if is_number else None
        code = self._codes[style] if style < len(self._codes) else "General"
        cell = FormulaCell(infix(body[22 : 22 + _u16(body, 20)]) if self._is_excel_97 else "", code)
        if not is_number and result[0] == _IS_ERROR:
            found.errors[at], found.has_result = _ERRORS.get(result[2], "#N/A"), True
        elif number == 0 and flags & _CALCULATE_ON_LOAD:
            found.uncomputed[at] = cell
        elif number == 0 or (not is_number and result[0] == _IS_EMPTY):
            found.zeros[at] = cell
        else:
            found.has_result = True
        if is_number or result[0] == _IS_TEXT:
            self._keep(body, number, found)


def _place(body: bytes) -> Place:
    return _u16(body, 0), _u16(body, 2)


def _u16(raw: bytes, at: int) -> int:
    return int.from_bytes(raw[at : at + 2], "little")


def _of_rk(raw: bytes) -> float:
    """Decode a number in four bytes (2.5.217): 30 bits of a whole number or of a double, perhaps in hundredths."""
    bits = int.from_bytes(raw, "little")
    if bits & 0x2:
        number = float((bits >> 2) - (1 << 30 if bits >> 31 else 0))
    else:
        number = _REAL.unpack(bytes(4) + (bits & 0xFFFFFFFC).to_bytes(4, "little"))[0]
    return number / 100 if bits & 0x1 else number
