"""From the bytes of a file to sheets of cells.

Belongs here: decoding, Excel, zip archives. Does not belong here: what a cell means.
"""

from __future__ import annotations

import csv
import io
import stat
import zipfile
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath

import openpyxl
import python_calamine

SUFFIXES = (".xlsx", ".xls", ".csv")


class RefusedError(Exception):
    """The file cannot be read, or must not be."""


@dataclass
class Sheet:
    is_hidden: bool
    rows: list[list[object]]
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    """First row, first column, last row, last column; counted from 0, all inclusive."""
    can_merge: bool = True
    """False for CSV, which cannot say what is merged."""

    def cell(self, row: int, column: int) -> object:
        """The cell as it stands in the file."""
        return self.rows[row][column] if row < len(self.rows) and column < len(self.rows[row]) else None

    def filled(self, row: int, column: int) -> object:
        """The cell, or the head of the vertically merged range that it belongs to."""
        for top, left, bottom, _ in self.merges:
            if column == left and top <= row <= bottom:
                return self.cell(top, left)
        return self.cell(row, column)

    @cached_property
    def width(self) -> int:
        return max((len(r) for r in self.rows), default=0)


def decode(data: bytes) -> str:
    """BOM, else strict UTF-8, else GB18030, else refuse."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(name)
    for name in ("utf-8", "gb18030"):
        try:
            return data.decode(name)
        except UnicodeDecodeError:
            continue
    raise RefusedError("encoding")


def read_csv(data: bytes) -> list[Sheet]:
    rows: list[list[object]] = [list(r) for r in csv.reader(io.StringIO(decode(data), newline=""))]
    return [Sheet(False, rows, can_merge=False)]


def read_xlsx(data: bytes) -> list[Sheet]:
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    sheets = []
    for sheet in book.worksheets:
        rows = [list(r) for r in sheet.iter_rows(min_row=1, min_col=1, values_only=True)]
        merges = [(m.min_row - 1, m.min_col - 1, m.max_row - 1, m.max_col - 1) for m in sheet.merged_cells.ranges]
        sheets.append(Sheet(sheet.sheet_state != "visible", rows, merges))
    return sheets


def read_xls(data: bytes) -> list[Sheet]:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    sheets = []
    for about in book.sheets_metadata:
        if about.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        sheet = book.get_sheet_by_name(about.name)
        rows = [[None if c == "" else c for c in r] for r in sheet.to_python(skip_empty_area=False)]
        merges = [(a, b, c, d) for (a, b), (c, d) in sheet.merged_cell_ranges or []]
        sheets.append(Sheet(about.visible != python_calamine.SheetVisibleEnum.Visible, rows, merges))
    return sheets


def read(name: str, data: bytes) -> list[Sheet]:
    """The sheets of a file. Raises RefusedError where it cannot be read."""
    readers = {".csv": read_csv, ".xlsx": read_xlsx, ".xls": read_xls}
    try:
        return readers[PurePosixPath(name).suffix.lower()](data)
    except RefusedError:
        raise
    except Exception as error:
        raise RefusedError(str(error)) from error


def members(data: bytes) -> list[tuple[str, bytes]]:
    """Names and contents of the files of a zip, by name. Raises RefusedError for a dangerous one."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile as error:
        raise RefusedError("not a zip") from error
    infos = [i for i in archive.infolist() if not i.is_dir()]
    size = sum(i.file_size for i in infos)
    if size > 100 * len(data) or size > 2 << 30:
        raise RefusedError("unpacks too large")
    found = []
    for info in infos:
        name = info.filename if info.flag_bits & 0x800 else info.orig_filename.encode("cp437").decode("gb18030")
        path = PurePosixPath(name.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or stat.S_ISLNK(info.external_attr >> 16):
            raise RefusedError("climbs out")
        if path.suffix.lower() == ".zip":
            raise RefusedError("nested")
        try:
            found.append((str(path), archive.read(info)))
        except (RuntimeError, zipfile.BadZipFile, NotImplementedError) as error:
            raise RefusedError(str(error)) from error
    return sorted(found)
