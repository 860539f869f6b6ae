"""Write the golden month as the files of four departments, in the forms that clerks use.

Belongs here: file, format and month of each table. Does not belong here: the contents of the tables.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sources.contracts.model import Dataset, load_contracts
from tests.golden import construction, district, ledgers, people
from tests.golden.places import MONTH, Cells
from tests.worlds.write import csv_bytes, put, xls_bytes, xlsx_bytes, zip_bytes

YEAR_END = "2020-12"
"""Month of the annual tables."""
OTHER_UNITS = {("rural_roads", "length_km"): "里程(米)", ("consumption_support", "amount"): "采购金额(元)"}
Grid = list[list[Any]]

TABLES: dict[str, list[Cells]] = {
    "household_register": people.register(),
    "monitored_households": [],
    "industry_support_payments": people.support_payments(),
    "consumption_support": ledgers.purchases(),
    "support_funds": ledgers.funds(),
    "project_assets": ledgers.assets(),
    "resident_cadres": ledgers.cadres(),
    "toilet_retrofits": construction.toilets(),
    "natural_villages": construction.natural_villages(),
    "village_infrastructure": construction.infrastructure(),
    "rural_roads": construction.roads(),
    "cleaning_fund": construction.cleaning_fund(),
    "collective_income": ledgers.collective_income(),
    "deaths": [],
    "village_committees": ledgers.committees(),
    "party_membership": ledgers.party(),
    "employment_monitoring": people.employment(),
    "skills_training": people.training(),
    "employment_incentives": people.incentives(),
    "job_support_activities": people.activities(),
    "verification_returns": [],
    "policy_instruments": district.documents(),
    "joint_meetings": district.meetings(),
    "standard_designs": district.designs(),
    "project_library": district.projects(),
    "issue_cases": district.cases(),
    "archives": district.archives(),
    "subsistence_allowance": district.allowances(),
    "extreme_poverty_support": [],
    "low_income_edge": district.edge(),
    "rigid_expense_households": [],
    "unsupported_children": district.children(),
}
OF_YEAR_END = {"village_committees": ledgers.previous_committees()}
"""Tables of other cadences that December has, too."""


def due(month: str) -> dict[str, list[Cells]]:
    """Return the rows of the tables of December 2020 or of June 2021."""
    annual = {d.name for d in load_contracts().datasets if d.cadence == "annual"}
    rows = {name: rows for name, rows in TABLES.items() if (name in annual) == (month == YEAR_END)}
    return rows | OF_YEAR_END if month == YEAR_END else rows


def _grid(dataset: Dataset, rows: list[Cells]) -> Grid:
    header = [OTHER_UNITS.get((dataset.name, c.name), c.label) for c in dataset.columns]
    return [header, *[[row.get(c.name, "") for c in dataset.columns] for row in rows]]


def _titled(dataset: Dataset, table: Grid) -> Grid:
    return [[f"清城区{dataset.label}", *[""] * (len(table[0]) - 1)], *table]


def _halves(table: Grid) -> tuple[Grid, Grid]:
    middle = 1 + len(table) // 2
    return table[:middle], [table[0], *table[middle:]]


def _file(dataset: Dataset, table: Grid) -> tuple[str, bytes]:
    """Return suffix and content of a table's file; the larger tables have the rarer forms."""
    first, second = _halves(table)
    match dataset.name:
        case "toilet_retrofits":
            return "csv", csv_bytes(table, "gb18030")
        case "natural_villages":
            return "xls", xls_bytes(table)
        case "village_committees":
            members = {"第一批.csv": csv_bytes(first), "第二批.csv": csv_bytes(second, "utf-8-sig")}
            return "zip", zip_bytes(members, is_legacy=True)
        case "employment_monitoring":
            return "xlsx", xlsx_bytes([("东片", first, [], False), ("西片", second, [], False)])
        case _:
            return "xlsx", xlsx_bytes([("Sheet1", _titled(dataset, table), [], False)])


def write_inbox(inbox: Path) -> None:
    """Write the files of December 2020 (annual tables, the previous committees) and June 2021 (all others)."""
    for month in (YEAR_END, MONTH):
        for name, rows in due(month).items():
            dataset = load_contracts().dataset(name)
            ending, content = _file(dataset, _grid(dataset, rows))
            put(inbox / dataset.department / month / f"{dataset.label}{month}.{ending}", content)
