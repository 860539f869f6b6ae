"""Small hand-made files and deliveries.

Belongs here: bytes of CSV, Excel and zip files, valid rows of every table, a home with an inbox.
Does not belong here: what is expected of them.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import cycle
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter
import xlwt

from sources.conforming.context import Context
from sources.conforming.delivery import ConformedDelivery, DeliveredFile, conform_delivery
from sources.conforming.ids import check_digits
from sources.contracts.model import Column, Dataset, load_contracts
from sources.divisions import vintage_of
from sources.home import Home
from sources.intake import Intake
from sources.months import Month
from sources.profiling.profile import DeliveryProfile, ExpectationResult, Verdict
from sources.reading.files import Sheet, read_sheets
from sources.reading.header import Header, find_header
from tests.district import DIVISIONS
from tests.unit.sources.new_home import begin

CONTRACTS = load_contracts()
MONTH = Month(2021, 6)
VINTAGE = vintage_of(DIVISIONS, MONTH)
CONTEXT = Context(MONTH, VINTAGE)
PLACES: list[tuple[str, str]] = (
    VINTAGE.villages.filter(pl.col("form") == pl.col("division_code"), pl.col("town_code") != "")
    .with_columns(turn=pl.int_range(pl.len()).over("town_code"))
    .sort("turn", "town_code")
    .select("town_code", "division_code")
    .rows()
)
"""Town and village codes; neighbours in the list are of different towns."""
LONG_AGO = dt.datetime(2021, 7, 3, 9, 30, tzinfo=dt.timezone(dt.timedelta(hours=8))).timestamp()

Rows = Sequence[Sequence[Any]]
Merge = tuple[int, int, int, int]


def resident_id(number: int, born: str = "19800615") -> str:
    """A valid id; an odd number is a man's."""
    body = f"441802{born}{number:03d}"
    return body + str(check_digits(pl.Series([body]))[0])


def wide(text: str) -> str:
    """The text in full-width forms, as Chinese keyboards type it."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def csv_file(rows: Rows, encoding: str = "utf-8", end: str = "\n") -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator=end).writerows(rows)
    return out.getvalue().encode(encoding)


def xlsx_file(
    sheets: Mapping[str, Rows], merges: Mapping[str, Sequence[Merge]] | None = None, hidden: Sequence[str] = ()
) -> bytes:
    """Cells as Python values: text, numbers, booleans, dates; None is no cell. Merges: zero based, inclusive."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for top, left, bottom, right in (merges or {}).get(name, ()):
            sheet.merge_range(top, left, bottom, right, "")
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(r, c, cell)
                elif isinstance(cell, dt.date):
                    sheet.write_datetime(r, c, cell, day)
                elif cell is not None:
                    sheet.write(r, c, cell)
        if name in hidden:
            sheet.hide()
    book.close()
    return out.getvalue()


def xls_file(sheets: Mapping[str, Rows], merges: Sequence[Merge] = (), hidden: Sequence[str] = ()) -> bytes:
    book = xlwt.Workbook()
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        inside = {(r, c) for t, left, b, right in merges for r in range(t, b + 1) for c in range(left, right + 1)}
        for top, left, bottom, right in merges:
            sheet.write_merge(top, bottom, left, right, rows[top][left])
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if cell is not None and (r, c) not in inside:
                    sheet.write(r, c, cell, *([day] if isinstance(cell, dt.date) else []))
        if name in hidden:
            sheet.visibility = 1
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def parquet_file(columns: Mapping[str, Any] | pl.DataFrame, **how: Any) -> bytes:
    """The rows of a database, with the types of the columns."""
    out = io.BytesIO()
    pl.DataFrame(columns).write_parquet(out, **how)
    return out.getvalue()


def json_lines_file(columns: Mapping[str, Any] | pl.DataFrame) -> bytes:
    """The same rows as an interface hands them out: decimals as numbers with their digits, days as texts."""

    def written(cell: Any) -> str:
        return f"{cell:f}" if isinstance(cell, Decimal) else json.dumps(cell, ensure_ascii=False, default=str)

    rows = pl.DataFrame(columns).iter_rows(named=True)
    return "".join(f"{{{','.join(f'{written(k)}:{written(v)}' for k, v in r.items())}}}\n" for r in rows).encode()


ODD_FORMATS = ("0!.0000", '0.0,"万"', "0.00%", "000000", ";;;", '[>=100]0.0,;"是"', "yyyy-mm-dd", "000-0000", '@"村"')
"""Number formats that alter what is shown."""


def odd_xlsx(rows: Rows) -> bytes:
    """Texts, and to their right a number and a text in an odd format, formulas that nobody computed, and an error."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "date_1904": True}) as book:
        sheet = book.add_worksheet()
        for r, (row, code) in enumerate(zip(rows, cycle(ODD_FORMATS))):
            sheet.write_row(r, 0, row)
            form, right = book.add_format({"num_format": code}), len(row)
            sheet.write_number(r, right, 12345, form)
            sheet.write_string(r, right + 1, "大塘", form)
            sheet.write_formula(r, right + 2, f"ROUND(SUM(A{r + 1}:Z{r + 1})/3,2)", form)
            sheet.write_formula(r, right + 3, f'IF(A{r + 1}="","",VLOOKUP(A{r + 1},B:C,2,0))', None, "")
            sheet.write_formula(r, right + 4, "NA()", None, "#N/A")
    return out.getvalue()


def odd_xls(rows: Rows) -> bytes:
    """The same as an xls; the formulas have the result 0."""
    book = xlwt.Workbook()
    book.dates_1904 = True
    sheet = book.add_sheet("表")
    for r, (row, code) in enumerate(zip(rows, cycle(ODD_FORMATS))):
        form, right = xlwt.easyxf(num_format_str=code), len(row)
        for c, cell in enumerate(row):
            sheet.write(r, c, cell)
        sheet.write(r, right, 12345, form)
        sheet.write(r, right + 1, "大塘", form)
        sheet.write(r, right + 2, xlwt.Formula(f"ROUND(SUM(A{r + 1}:Z{r + 1})/3,2)"), form)
        sheet.write(r, right + 3, xlwt.Formula(f'IF(A{r + 1}="","",VLOOKUP(A{r + 1},B1:C9,2,0))'))
        sheet.row(r).set_cell_error(right + 4, 42)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


class _LegacyName(zipfile.ZipInfo):
    """A member whose name is not flagged as UTF-8, as older tools write it."""

    encoding = "gb18030"

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802  # the name is the standard library's
        return self.filename.encode(self.encoding), self.flag_bits & ~0x800


def zip_file(members: Mapping[str, bytes], encoding: str | None = None) -> bytes:
    """A zip; with an ``encoding`` its names are written in it, without the UTF-8 flag."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name) if encoding is None else _LegacyName(name)
            if isinstance(info, _LegacyName):
                info.encoding = encoding or "gb18030"
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return out.getvalue()


_PLAIN = {
    "date": "2021-06-15",
    "month": "2021-05",
    "number": "100",
    "integer": "10",
    "yes_or_no": "是",
}


def _cell(column: Column, number: int) -> str:
    if column.kind == "resident_id":
        return resident_id(number % 1000, f"{1950 + number // 1000}0615")
    if column.kind == "certificate":
        return resident_id(number % 1000, f"{1950 + number // 1000}0615") + "43"
    if column.kind in ("town", "village"):
        return PLACES[number % len(PLACES)][0 if column.kind == "town" else 1]
    if column.kind == "list":
        return column.values[0]
    if column.kind == "text":
        return f"{column.name[0].upper()}{number:05d}"
    return "2021" if column.name.endswith("_year") else _PLAIN[column.kind]


def row(dataset: Dataset, number: int = 1, **cells: Any) -> dict[str, Any]:
    """A valid row, its keys made from a number; ``cells`` replace what they name."""
    return {c.name: _cell(c, number) for c in dataset.columns} | cells


def table(dataset: Dataset, rows: Sequence[Mapping[str, Any]], skip: Sequence[str] = ()) -> list[list[Any]]:
    """A header row and rows in contract order."""
    columns = [c for c in dataset.columns if c.name not in skip]
    return [[c.label for c in columns], *[[r[c.name] for c in columns] for r in rows]]


def part(content: bytes, number: int = 1, name: str = "文件.csv") -> DeliveredFile:
    return DeliveredFile(number, name, f"{number:064d}", "2021-07-03T09:30:00", lambda: content)


def conform(
    dataset: Dataset, *files: bytes, mode: str = "replace_all", number: int = 1, context: Context = CONTEXT
) -> ConformedDelivery:
    return conform_delivery(number, mode, [part(f, i) for i, f in enumerate(files, 1)], dataset, context)


def conformed_row(dataset: Dataset, **cells: Any) -> dict[str, Any]:
    """The one row of a delivery that holds one row."""
    found = conform(dataset, csv_file(table(dataset, [row(dataset, **cells)])))
    assert found.files[0].refusal is None
    return found.rows.row(0, named=True)


def header_of(content: bytes, dataset: Dataset, sheet: int = 0) -> Header:
    found = find_header(read_sheets(content)[sheet], dataset)
    assert found is not None
    return found


def only_sheet(content: bytes) -> Sheet:
    sheets = read_sheets(content)
    assert len(sheets) == 1
    return sheets[0]


def lenient(profile: DeliveryProfile) -> Verdict:
    """Admits a delivery of which half of the rows are good; one without rows only where nothing was refused."""
    rows = profile.rows.height
    good = profile.rows["row_state"].is_in(["accepted", "duplicate"]).sum()
    passed = 2 * good >= rows if rows else profile.dataset.may_be_empty and not profile.refusals
    return Verdict((ExpectationResult("completeness", "half", "critical", passed, "", "", ""),))


def landed(intake: Intake) -> Intake:
    """The intake after every department landed, as a run of the whole month does it."""
    for department in intake.contracts:
        intake.land(department)
    return intake


@dataclass(frozen=True)
class Desk:
    """A home whose inbox can be filled."""

    home: Home

    def put(self, dataset: Dataset, name: str, content: bytes, month: Month = MONTH, folder: str = "") -> Path:
        """Put a file into the inbox with a time long past, so that nobody waits for it to settle."""
        path = self.home.inbox / dataset.department / str(month) / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (LONG_AGO, LONG_AGO))
        return path

    def intake(self, month: Month = MONTH, gate: Any = lenient, **more: Any) -> Intake:
        """An intake of what the inbox holds now."""
        begin(self.home)
        return landed(Intake(self.home, month, gate, DIVISIONS, **more))
