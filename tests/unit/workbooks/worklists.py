"""Work lists of a June with six leads, written and read back.

Belongs here: the leads, writing the lists, reading a list by its headers. Does not belong here: what must stand in one.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl

from tests.unit.workbooks.district import JUNE, District
from workbooks.worklist import write_worklists

FENGCHENG, LONGTANG = "441802006002", "441802105002"
HEADER_ROW = 5


REGISTER = "household_register"
LEADS: tuple[dict[str, Any], ...] = (
    {"lead_id": "L0000000000000001", "code": "H1", "rule": "INC-01", "village": FENGCHENG, "measure": 5432.1,
     "threshold": 6000.0, "level": "red", "candidate": "脱贫不稳定户", "overdue": True,
     "evidence": [("household_income", 2)]},
    {"lead_id": "L0000000000000002", "code": "H1", "rule": "MED-04", "village": FENGCHENG, "measure": 1.0,
     "threshold": 1.0, "level": "red", "evidence": [(REGISTER, 3)]},
    {"lead_id": "L0000000000000003", "code": "H2", "rule": "HOU-01", "village": FENGCHENG, "level": "yellow",
     "evidence": [(REGISTER, 4)]},
    {"lead_id": "L0000000000000004", "code": "H3", "rule": "HOU-01", "village": LONGTANG,
     "evidence": [(REGISTER, 6)]},
    {"lead_id": "L0000000000000005", "code": "H3", "rule": "INC-01", "village": LONGTANG, "status": "verified_true"},
    {"lead_id": "L0000000000000006", "code": "H3", "rule": "MED-04", "village": LONGTANG, "opened": date(2021, 7, 1)},
)  # fmt: skip
ANSWER = {"核实结果": "属实", "是否纳入监测": "是", "核实日期": datetime(2021, 7, 8)}


def lists(district: District, leads: tuple[dict[str, Any], ...] = LEADS) -> dict[str, Path]:
    """Write the lists of June; paths by town."""
    paths = write_worklists(district.home, district.publish(leads), JUNE)
    return {p.name.split("_")[0]: p for p in paths}


def head(sheet: Any) -> dict[str, int]:
    """Column numbers by header, of both header rows."""
    rows = [sheet[HEADER_ROW - 1], sheet[HEADER_ROW]]
    return {str(c.value).replace("\n", ""): c.column for row in rows for c in row if c.value}


def shown(path: Path) -> list[dict[str, Any]]:
    sheet = openpyxl.load_workbook(path).worksheets[0]
    columns = head(sheet)
    return [
        {name: sheet.cell(row, column).value for name, column in columns.items()}
        for row in range(HEADER_ROW + 1, sheet.max_row + 1)
    ]
