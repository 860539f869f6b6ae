"""Small writers of the kinds of file that departments hand over.

Belongs here: CSV, xlsx, xls and zip as offices produce them. Does not belong here: what is in the tables.
"""

from __future__ import annotations

import csv
import io
import os
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import xlwt

from tests.oracle.catalogue import Column, datasets
from tests.worlds.world import Cells

Grid = list[list[Any]]
RECEIVED = datetime(2021, 8, 5, 1, 30, tzinfo=UTC).timestamp()


def header(column: Column, use_synonyms: bool) -> str:
    return column.headers[-1] if use_synonyms else column.headers[0]


def grid(dataset: str, rows: list[Cells], use_synonyms: bool = False, skip: tuple[str, ...] = ()) -> Grid:
    """A header row in contract order, then the rows."""
    columns = [c for c in datasets()[dataset].columns if c.name not in skip]
    body = [[r.get(c.name, "") for c in columns] for r in rows]
    return [[header(c, use_synonyms) for c in columns], *body]


def csv_bytes(table: Grid, encoding: str = "utf-8") -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(table)
    return out.getvalue().encode(encoding)


def xlsx_bytes(sheets: list[tuple[str, Grid, list[str], bool]]) -> bytes:
    """Sheets as name, cells, merged ranges such as A2:A4, and whether it is hidden."""
    book = openpyxl.Workbook()
    del book[book.active.title]
    for name, table, merges, is_hidden in sheets:
        sheet = book.create_sheet(name)
        for row, cells in enumerate(table, start=1):
            for column, cell in enumerate(cells, start=1):
                sheet.cell(row, column, float(cell) if isinstance(cell, Decimal) else cell)
        for merged in merges:
            sheet.merge_cells(merged)
        if is_hidden:
            sheet.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xls_bytes(table: Grid) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    as_date = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for row, cells in enumerate(table):
        for column, cell in enumerate(cells):
            if isinstance(cell, date):
                sheet.write(row, column, cell, as_date)
            elif cell != "":
                sheet.write(row, column, cell)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


class _LegacyName(zipfile.ZipInfo):
    """A member whose name is GB18030 and not flagged as UTF-8, as older Windows tools write it."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802  # the name is the standard library's
        return self.filename.encode("gb18030"), self.flag_bits & ~0x800


def zip_bytes(members: dict[str, bytes], is_legacy: bool = False) -> bytes:
    """A zip with fixed times, so that equal members give equal bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            kind = _LegacyName if is_legacy else zipfile.ZipInfo
            info = kind(name, (2021, 8, 5, 9, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return out.getvalue()


def put(path: Path, data: bytes) -> None:
    """Write a file with a time long past, so that nobody waits for it to settle."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    os.utime(path, (RECEIVED, RECEIVED))
