"""Measure the extent of the cells of an xlsx sheet before anything allocates memory for them.

Belongs here: refusing sheets whose few cells span millions of empty ones (a stray cell in the last column, or malice).
Does not belong here: reading cells (``excel``), the unpacked size (``landing.zips``).

calamine allocates every sheet as a full rectangle of cells: one cell in XFD1048576 would need hundreds of gigabytes
and kill the process. Formatted cells without content do not count, neither here nor in calamine.

Any part of the package may be a sheet: relationships decide, not names. So every part is measured; parts that are no
sheets have no cells.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from xml.parsers import expat

from sources.landing.zips import BROKEN, DAMAGED
from sources.reading.files.limits import MAX_CELLS
from sources.reading.files.package import column_number
from sources.reading.files.sheet import MAX_COLUMNS
from sources.refusal import RefusedError

LAST_ROW = 1_048_576
_CHUNK = 8 * 1024**2
_OVERLAP = 64
_NARROW = 26
"""Columns up to Z."""
_SHORT = 999_999
"""Rows that six digits can number; a sheet within them and column Z has few enough cells."""
_FAR = re.compile(rb"""r=["'](?:[A-Za-z]{2,}[0-9]|[A-Za-z][0-9]{7})""")
"""A reference right of column Z or below row 999999; a sheet without one is small enough."""
_FAR_CONTENT = re.compile(
    rb"""\br=["'](?:([A-Za-z]{2,})([0-9]+)|([A-Za-z])([0-9]{7,}))["'][^>]*(?<!/)>\s*<(?!/)""",
)
_CONTENT_ROW = re.compile(rb"""\br=["'][A-Za-z]+([0-9]+)["'][^>]*(?<!/)>\s*<(?!/)""")
_UNUSUAL = (b"<c>", b"<c\t", b"<c\r", b"<c\n")
_PREFIXED = b":c"
"""Cells in XML that Excel does not write."""
_IMPOSSIBLE_COUNT = re.compile(rb"""ount=["'][0-9]{9}""")
"""A count of texts or styles that no file holds; calamine makes room for as many as a part says that it has."""
_REFERENCE = re.compile(r"([A-Za-z]{1,7})([0-9]{1,10})")


Watch = Callable[[str, bytes], None]
"""Takes the name of a part and a block of it, which begins and ends between two cells."""


def check_extent(content: bytes, *watches: Watch) -> None:
    """Check that every sheet of an xlsx spans a rectangle of acceptable size, and show each block to ``watches``.

    This is the one pass over all bytes, so that whoever looks for a sign in them looks here.
    Raises RefusedError if the file is not an xlsx, if the content of a sheet extends too far, or if a member is damaged
    or longer than declared.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if "[Content_Types].xml" not in names or any(n.lower().endswith("workbook.bin") for n in names):
                raise RefusedError("文件不是xlsx工作簿;请用Excel另存为xlsx后重新报送。")
            for member in archive.infolist():
                _check(archive, member, watches)
    except BROKEN:
        raise RefusedError(DAMAGED) from None


def _check(archive: zipfile.ZipFile, member: zipfile.ZipInfo, watches: Sequence[Watch]) -> None:
    columns, last_row, is_unusual = _NARROW, _SHORT, False
    for block in _blocks(archive, member):
        is_unusual = is_unusual or _is_unusual(block)
        _refuse_impossible_count(block)
        for watch in watches:
            watch(member.filename, block)
        if _FAR.search(block):
            for far in _FAR_CONTENT.finditer(block):
                columns = max(columns, column_number((far[1] or far[3]).decode()))
                last_row = max(last_row, int(far[2] or far[4]))
    if is_unusual:
        columns, last_row = _measured(archive, member)
    elif last_row <= LAST_ROW and columns <= MAX_COLUMNS and columns * last_row > MAX_CELLS:
        rows = (int(row) for block in _blocks(archive, member) for row in _CONTENT_ROW.findall(block))
        last_row = max(rows, default=0)
    _check_shape(columns, last_row)


def _refuse_impossible_count(block: bytes) -> None:
    if _IMPOSSIBLE_COUNT.search(block):
        raise RefusedError(DAMAGED)


def _is_unusual(block: bytes) -> bool:
    """Check for a cell whose place the expressions above cannot see: it may be counted from its neighbours.

    Most blocks have no other element that begins with c, which spares searching them for each unusual form.
    """
    usual = block.count(b'<c r="')
    if block.count(b"<c") > usual and (block.count(b"<c ") > usual or any(start in block for start in _UNUSUAL)):
        return True
    return _PREFIXED in block


def _check_shape(columns: int, last_row: int) -> None:
    if columns > MAX_COLUMNS:
        raise RefusedError(f"有的工作表内容延伸到第{columns}列,超过{MAX_COLUMNS}列;请删除多余的单元格后重新报送。")
    if last_row > LAST_ROW or columns * last_row > MAX_CELLS:
        raise RefusedError(f"有的工作表内容延伸到第{last_row}行,太大无法读取;请删除多余的单元格或拆分后重新报送。")


def _blocks(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Unpack a member in blocks that begin with a cell, so that none is split."""
    rest = b""
    with archive.open(member) as part:
        while chunk := part.read(_CHUNK):
            block = rest + chunk
            cut = block.rfind(b"<c ")
            if cut > 0:
                yield block[:cut]
                rest = block[cut:]
            else:
                yield block
                rest = block[-_OVERLAP:]
    yield rest


class _Cells:
    """Follow the cells of a sheet as calamine places them; the extent is that of the cells with content."""

    def __init__(self) -> None:
        self.columns = self.last_row = 0
        self._row, self._column, self._in_cell = 1, 0, False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Enter an element: a row, a cell, or the content of a cell."""
        tag = name.rpartition(":")[2]
        if self._in_cell:
            self.columns, self.last_row = max(self.columns, self._column), max(self.last_row, self._row)
        elif tag == "row":
            self._row = int(attributes.get("r", self._row))
        elif tag == "c":
            self._in_cell = True
            place = _REFERENCE.fullmatch(attributes.get("r", ""))
            self._column = column_number(place[1]) if place else self._column + 1
            self._row = int(place[2]) if place else self._row

    def end(self, name: str) -> None:
        """Leave an element."""
        tag = name.rpartition(":")[2]
        if tag == "row":
            self._row, self._column = self._row + 1, 0
        elif tag == "c":
            self._in_cell = False


def _measured(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> tuple[int, int]:
    """Parse a part, and return the last column and the last row of its cells with content; (0, 0) if it has none.

    It takes a minute for the largest sheets, so only those with unusual XML are parsed. A part that is not well formed
    counts up to there: it is no sheet, or calamine gives up there too. Like calamine, it takes every part for UTF-8.
    """
    cells, parser = _Cells(), expat.ParserCreate("UTF-8")
    parser.StartElementHandler, parser.EndElementHandler = cells.start, cells.end
    with suppress(expat.ExpatError, ValueError), archive.open(member) as part:
        parser.ParseFile(part)
    return cells.columns, cells.last_row
