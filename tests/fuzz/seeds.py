"""Collect the files to damage: those of a small sample district, and small ones with what the sample lacks."""

from __future__ import annotations

import datetime as dt
import io
import tempfile
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import xlwt
from msoffcrypto.method.ecma376_agile import ECMA376Agile
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from sample import write_district
from sources.contracts.model import Dataset, load_contracts
from sources.home import Home
from sources.intake import Intake
from sources.months import Month
from sources.reading.files.default_password import PASSWORD
from tests.district import DIVISIONS
from tests.unit.sources.builder import (
    Rows,
    csv_file,
    json_lines_file,
    lenient,
    odd_xls,
    odd_xlsx,
    parquet_file,
    row,
    table,
    xls_file,
    xlsx_file,
)

CONTRACTS = load_contracts()
MONTH = Month(2021, 6)
HOUSEHOLDS = 170
"""The fewest that a sample of two months can have."""


@dataclass(frozen=True)
class Seed:
    """A good file and the dataset that it is of."""

    dataset: Dataset
    name: str
    content: bytes


def seeds() -> list[Seed]:
    """Collect the good files, smaller ones first."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        write_district(home.inbox, HOUSEHOLDS, [MONTH.shift(-1), MONTH], 7, DIVISIONS)
        intake = Intake(home, MONTH, lenient, DIVISIONS)
        found = [seed for department in CONTRACTS for seed in _of_department(intake, department)]
    return sorted([*found, *_made()], key=lambda seed: (len(seed.content), seed.name))


def _of_department(intake: Intake, department: str) -> list[Seed]:
    intake.land(department)
    deliveries = intake.recognised(department).deliveries
    files = [(name, file) for name, of in deliveries.items() for delivery in of for file in delivery.files]
    return [Seed(CONTRACTS.dataset(name), file.name, file.content()) for name, file in files]


def _hiding_xlsx(rows: Rows) -> bytes:
    """Hide a row and a column, and strike through a row and a part of a text."""
    book, out = openpyxl.Workbook(), io.BytesIO()
    sheet = book.worksheets[0]
    for cells in rows:
        sheet.append(cells)
    for cell in sheet[4]:
        cell.font = Font(strike=True)
    sheet["A6"] = CellRichText("新", TextBlock(InlineFont(strike=True), "旧"))
    sheet.row_dimensions[3].hidden = sheet.column_dimensions["B"].hidden = True
    book.save(out)
    return out.getvalue()


def _hiding_xls(rows: Rows) -> bytes:
    """The same in an xls."""
    book, out, old = xlwt.Workbook(), io.BytesIO(), xlwt.Font()
    sheet, old.struck_out = book.add_sheet("甲"), True
    for r, cells in enumerate(rows):
        for c, cell in enumerate(cells):
            if (r, c) == (5, 0):
                sheet.write_rich_text(r, c, ["新", ("旧", old)])
            else:
                sheet.write(r, c, cell, *([xlwt.easyxf("font: struck_out on")] if r == 3 else []))
    sheet.row(2).hidden = sheet.col(1).hidden = True
    book.save(out)
    return out.getvalue()


def _made() -> list[Seed]:
    """Make files of the register: numbers, dates, merged, hidden and struck cells, odd formats, formulas, quotes."""
    register = CONTRACTS.dataset("household_register")
    rows = table(register, [row(register, number) for number in range(1, 9)])
    odd = [[*rows[0]], *([*r[:-3], 12.5, dt.date(2021, 5, 1), True] for r in rows[1:])]
    package = io.BytesIO(xlsx_file({"甲": rows}))
    texts = {name: [r[i] for r in rows[1:]] for i, name in enumerate(rows[0])}
    typed = {
        **texts,
        "收入": [12.5] * 8,
        "人数": range(8),
        "时间": [dt.datetime(2021, 5, 1, 8)] * 8,
        "层": [{"a": [1]}] * 8,
    }
    quoted = csv_file([[f'{cell} "引用",\n' if c == 2 else cell for c, cell in enumerate(r)] for r in rows])
    return [
        Seed(register, "两张表.xlsx", xlsx_file({"甲": rows, "乙": odd}, {"甲": [(2, 0, 4, 0)]}, hidden=["乙"])),
        Seed(register, "两张表.xls", xls_file({"甲": odd, "乙": rows}, hidden=["乙"])),
        Seed(register, "藏.xlsx", _hiding_xlsx(rows)),
        Seed(register, "藏.xls", _hiding_xls(rows)),
        Seed(register, "默认密码.xlsx", ECMA376Agile.encrypt(PASSWORD, package, spin_count=100)),
        *[Seed(register, f"公式.{name}", write(rows)) for name, write in (("xlsx", odd_xlsx), ("xls", odd_xls))],
        Seed(register, "库.parquet", parquet_file(typed)),
        Seed(register, "库.jsonl", json_lines_file(typed)),
        Seed(register, "引号.csv", quoted),
        Seed(register, "国标.csv", csv_file(rows, "gb18030", "\r\n")),
        Seed(register, "制表符.csv", csv_file(rows).replace(b",", b"\t")),
        Seed(register, "双字节.csv", csv_file(rows).decode().encode("utf-16")),
    ]
