"""Write xlsx, xls, csv and zip files; the same grids give the same bytes.

Belongs here: writing a grid as a file. Does not belong here: the contents of a grid.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter
import xlwt

from sample.clerks.cells import DATE, NUMBER
from sample.clerks.sheets import Grid

IN_MEMORY_ROWS = 30_000
"""A workbook with more rows is written row by row (constant memory), without cells merged downwards."""
_CREATED = datetime(2021, 1, 1, tzinfo=UTC)
_ZIP_DATE = (2021, 1, 1, 0, 0, 0)


def is_in_memory(rows: int) -> bool:
    """Check whether a workbook of that many rows is built in memory."""
    return rows <= IN_MEMORY_ROWS


def _xlsx_sheet(book: Any, grid: Grid, date_format: Any) -> None:
    sheet = book.add_worksheet(grid.name)
    if grid.is_hidden:
        sheet.hide()
    merges: dict[int, list[tuple[int, int, int, int]]] = {}
    for merge in grid.merges:
        merges.setdefault(merge[0], []).append(merge)
    text, number, merge_range = sheet.write_string, sheet.write_number, sheet.merge_range
    # The library writes one cell at a time.
    for row, (cells, forms) in enumerate(zip(grid.texts.iter_rows(), grid.forms.iter_rows(), strict=True)):
        for merge in merges.get(row, ()):
            merge_range(*merge, "")
        for column, (cell, form) in enumerate(zip(cells, forms, strict=True)):
            if cell is None:
                continue
            if form == NUMBER:
                number(row, column, float(cell))
            elif form == DATE:
                number(row, column, float(cell), date_format)
            else:
                text(row, column, cell)


def xlsx_bytes(grids: Sequence[Grid], in_memory: bool) -> bytes:
    """Write an xlsx workbook."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": in_memory, "constant_memory": not in_memory})
    book.set_properties({"created": _CREATED.replace(tzinfo=None)})
    date_format = book.add_format({"num_format": "yyyy/m/d"})
    for grid in grids:
        _xlsx_sheet(book, grid, date_format)
    book.close()
    return buffer.getvalue()


def xls_bytes(grids: Sequence[Grid]) -> bytes:
    """Write an xls workbook (at most 65 536 rows per sheet)."""
    book = xlwt.Workbook(encoding="utf-8")
    date_style = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for grid in grids:
        sheet = book.add_sheet(grid.name)
        sheet.visibility = int(grid.is_hidden)
        for row, (cells, forms) in enumerate(zip(grid.texts.iter_rows(), grid.forms.iter_rows(), strict=True)):
            for column, (cell, form) in enumerate(zip(cells, forms, strict=True)):
                if cell is None:
                    continue
                if form == DATE:
                    sheet.write(row, column, float(cell), date_style)
                else:
                    sheet.write(row, column, float(cell) if form == NUMBER else cell)
        for first, left, last, right in grid.merges:
            sheet.merge(first, last, left, right)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def csv_bytes(grid: Grid, encoding: str) -> bytes:
    """Write a CSV file as Excel saves it: CRLF, and long numbers (such as an id) in scientific notation."""
    is_long = pl.col("t").str.contains(r"^\d{16,}$")
    scientific = (
        pl.col("t").str.slice(0, 1)
        + "."
        + pl.col("t").str.slice(1, 5)
        + "E+"
        + (pl.col("t").str.len_chars() - 1).cast(pl.String)
    )
    columns = [
        pl.DataFrame({"t": grid.texts[name], "f": grid.forms[name]}).select(
            pl.when(is_long & (pl.col("f") == NUMBER)).then(scientific).otherwise("t").alias(name)
        )
        for name in grid.texts.columns
    ]
    text = pl.concat(columns, how="horizontal").write_csv(include_header=False, line_terminator="\r\n")
    return text.encode(encoding)


class _PlainName(zipfile.ZipInfo):
    """A zip member whose name is GB18030 without the UTF-8 flag, as archivers on Chinese Windows write it."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 (the library's own hook)
        return self.filename.encode("gb18030"), self.flag_bits & ~0x800


def zip_bytes(members: dict[str, bytes]) -> bytes:
    """Write a zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            info = _PlainName(name, _ZIP_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return buffer.getvalue()


def file_bytes(name: str, grids: Sequence[Grid], encoding: str = "utf-8", in_memory: bool = True) -> bytes:
    """Write a file in the format of its suffix."""
    suffix = Path(name).suffix
    if suffix == ".xlsx":
        return xlsx_bytes(grids, in_memory)
    return xls_bytes(grids) if suffix == ".xls" else csv_bytes(grids[0], encoding)
