"""Measure the cells of an xls by its records ([MS-XLS]) before anything allocates memory for them.

calamine allocates every sheet, hidden ones too, as a full rectangle of cells, and a damaged record may place a cell in
column 65535. It also makes room for as many texts and cells as the workbook says that it has.
"""

from __future__ import annotations

import struct
from itertools import pairwise

from sources.reading.files.compound import DAMAGED
from sources.reading.files.limits import check_cells
from sources.refusal import RefusedError

_ROWS, _COLUMNS = 65_536, 256
_BEGIN_OF_SHEET, _CELLS_OF_ROW = 0x0809, 0x00BD
_AMOUNTS = _TEXTS, _DIMENSIONS = 0x00FC, 0x0200
_EXCEL_97 = 14
"""Length of the record of dimensions since Excel 97."""
_CELL = frozenset({0x00D6, 0x00FD, 0x0203, 0x0204, 0x027E})
"""Records of one cell with a number or a text; they begin with row and column."""
_FORMULA, _ERROR = _RESULTS = 0x0006, 0x0205
"""Records of one cell with a formula, or with an error or a truth."""
_NO_NUMBER, _GOOD = b"\xff\xff", (0, 1)
"""End of a result that is no number; its first byte says that it is a text or a truth."""
_PAIR = struct.Struct("<HH")


def check_records(stream: bytes) -> bool:
    """Check the extents of all sheets, and the amounts that the workbook says that it has.

    Returns True if a cell is an error, or a formula whose result is one, 0 or empty: it may need a second look.
    It takes a second for each three million records. Raises RefusedError if there are too many cells, rows or columns
    that do not exist, or more texts than bytes.
    """
    position = rows = columns = cells = 0
    is_odd = False
    pair, end = _PAIR.unpack_from, len(stream) - 8
    while position <= end:
        kind, length = pair(stream, position)
        if kind in _CELL:
            row, column = pair(stream, position + 4)
        elif kind == _CELLS_OF_ROW and 6 <= length <= end + 4 - position:
            row, column = pair(stream, position + 4)[0], pair(stream, position + length)[1]
        elif kind in _RESULTS:
            row, column = pair(stream, position + 4)
            is_odd = is_odd or _is_odd(kind, stream[position + 4 : position + 4 + length])
        else:
            row = column = -1
            if kind == _BEGIN_OF_SHEET:
                cells, rows, columns = cells + rows * columns, 0, 0
            elif kind in _AMOUNTS and _is_impossible(kind, stream[position + 4 : position + 4 + length], len(stream)):
                raise RefusedError(DAMAGED)
        if row >= rows:
            rows = row + 1
        if column >= columns:
            columns = column + 1
        position += 4 + length
        if columns > _COLUMNS:
            raise RefusedError(DAMAGED)
    check_cells(cells + rows * columns)
    return is_odd


def _is_odd(kind: int, body: bytes) -> bool:
    result = body[6:14]
    if kind == _ERROR:
        return result[1:2] == b"\x01"
    return result[0] not in _GOOD if result[6:] == _NO_NUMBER else not any(result[:7])


def _is_impossible(kind: int, body: bytes, size: int) -> bool:
    """Check the number of texts, or the first and last row and column of a sheet.

    The rows of Excel 95 have two bytes each. Calamine makes room for all cells from the first to the last.
    """
    if kind == _TEXTS:
        return int.from_bytes(body[4:8], "little") > size
    width = 4 if len(body) >= _EXCEL_97 else 2
    cuts = (0, width, 2 * width, 2 * width + 2, 2 * width + 4)
    first_row, last_row, first_column, last_column = (int.from_bytes(body[a:b], "little") for a, b in pairwise(cuts))
    return not (first_row <= last_row <= _ROWS and first_column <= last_column <= _COLUMNS)
