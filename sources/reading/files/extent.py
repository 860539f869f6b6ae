"""Measure the extent of the cells of an xlsx sheet before anything allocates memory for them.

Belongs here: refusing sheets whose few cells span millions of empty ones (a stray cell in the last column, or malice).
Does not belong here: reading cells (``excel``), the unpacked size (``landing.zips``).

calamine allocates every sheet as a full rectangle of cells: one cell in XFD1048576 would need hundreds of gigabytes
and kill the process. Formatted cells without content do not count, neither here nor in calamine.
"""

from __future__ import annotations

import io
import re
import zipfile

from sources.reading.files.sheet import MAX_COLUMNS
from sources.refusal import RefusedError

MAX_CELLS = 50_000_000
LAST_ROW = 1_048_576
_CHUNK = 8 * 1024**2
_OVERLAP = 64
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_FAR = re.compile(rb"""r=["'](?:[A-Za-z]{2,}[0-9]|[A-Za-z][0-9]{7})""")
"""A reference right of column Z or below row 999999; a sheet without one is small enough."""
_FAR_CONTENT = re.compile(
    rb"""\br=["'](?:([A-Za-z]{2,})([0-9]+)|([A-Za-z])([0-9]{7,}))["'][^>]*(?<!/)>\s*<(?!/)""",
)
_CONTENT_ROW = re.compile(rb"""\br=["'][A-Za-z]+([0-9]+)["'][^>]*(?<!/)>\s*<(?!/)""")


def check_extent(content: bytes) -> None:
    """Check that every sheet of an xlsx spans a rectangle of acceptable size.

    Raises RefusedError if the file is not an xlsx, or if the content of a sheet extends too far.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        if "[Content_Types].xml" not in names or any(n.lower().endswith("workbook.bin") for n in names):
            raise RefusedError("文件不是xlsx工作簿;请用Excel另存为xlsx后重新报送。")
        for member in archive.infolist():
            if _reaches_far(archive, member) and _SHEET.fullmatch(member.filename):
                _check(archive.read(member))


def _reaches_far(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """Check a member for far references, reading it to its end.

    Raises BadZipFile if the member is longer than declared or its checksum differs.
    """
    tail, is_far = b"", False
    with archive.open(member) as xml:
        while chunk := xml.read(_CHUNK):
            is_far = is_far or _FAR.search(tail + chunk) is not None
            tail = chunk[-_OVERLAP:]
    return is_far


def _check(xml: bytes) -> None:
    columns, last_row = 26, 999_999
    for wide, wide_row, narrow, narrow_row in _FAR_CONTENT.findall(xml):
        columns = max(columns, _column_number(wide or narrow))
        last_row = max(last_row, int(wide_row or narrow_row))
    if columns > MAX_COLUMNS:
        raise RefusedError(f"有的工作表内容延伸到第{columns}列,超过{MAX_COLUMNS}列;请删除多余的单元格后重新报送。")
    if last_row <= LAST_ROW and columns * last_row > MAX_CELLS:
        last_row = max(map(int, _CONTENT_ROW.findall(xml)), default=0)
    if last_row > LAST_ROW or columns * last_row > MAX_CELLS:
        raise RefusedError(f"有的工作表内容延伸到第{last_row}行,太大无法读取;请删除多余的单元格或拆分后重新报送。")


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number
