"""Small districts, row by row, for tests of the oracle itself.

Belongs here: accepted rows by dataset and month, with ordinary cells where a test says nothing.
Does not belong here: files, random worlds (``tests.worlds``).
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tests.oracle.catalogue import datasets, first_day
from tests.oracle.columns import Column
from tests.oracle.households import Month, build
from tests.oracle.indicators.scope import Scope
from tests.oracle.indicators.table import FIGURES, indicator_marts
from tests.oracle.reading.delivered import File, Row
from tests.oracle.reading.inbox import Store
from tests.oracle.risk.marts import follow_leads

Record = dict[str, Any]
TOWN, VILLAGE = "441802103", "441802103201"
SECRET = "secret"
PLAIN: dict[str, Any] = {
    "town_name": TOWN,
    "village_name": VILLAGE,
    "household_type": "脱贫户",
    "labour_ability": "普通劳动力",
    "has_safe_water": True,
    "housing_grade": "A级",
    "relation_to_head": "户主",
}
SAMPLES = {"yes_or_no": False, "integer": 0, "number": Decimal(0), "date": date(2020, 1, 1), "month": "2020-01"}


def person(number: int, born: str = "197512") -> str:
    """An id; nothing here looks at its check digit."""
    return f"441802{born}01{number:03d}X"


def _plain(column: Column) -> Any:
    if not column.required:
        return None
    if column.name in PLAIN:
        return PLAIN[column.name]
    return column.values[0] if column.kind == "list" else SAMPLES.get(column.kind, f"{column.name}的值")


class Small:
    """What was accepted, and the months that are built from it."""

    def __init__(self) -> None:
        self.store = Store()

    def accept(self, dataset: str, month: str, *rows: Record) -> None:
        """Accept rows for a dataset and month, in place of former ones."""
        about = datasets()[dataset]
        full = [{**{c.name: _plain(c) for c in about.columns}, **row} for row in rows]
        known = {c.name for c in about.columns}
        assert all(set(row) <= known for row in full), f"{dataset}: {set().union(*full) - known}"
        accepted = [Row(about, month, 1, row, []) for row in full]
        file = File(
            f"{dataset}.xlsx", "", datetime(2026, 1, 1), b"", f"{dataset}.xlsx", rows=accepted, is_in_force=True
        )
        self.store.accepted[dataset, month], self.store.files[dataset, month] = accepted, [file]

    def register(self, month: str, *homes: tuple[str, list[str]], **cells: Any) -> None:
        """Accept a register of households: code and members, the first one its head."""
        self.accept(
            "household_register",
            month,
            *(
                {"household_code": code, "resident_id": p, "relation_to_head": "子女" if n else "户主", **cells}
                for code, people in homes
                for n, p in enumerate(people)
            ),
        )

    def month(self, name: str) -> Month:
        """One month; an empty register where none was accepted."""
        if not self.store.is_accepted("household_register", name):
            self.accept("household_register", name)
        built = build(self.store, name, SECRET)
        assert built is not None
        return built

    def months(self, *names: str) -> list[Month]:
        """Months in order, with their leads."""
        built = [self.month(name) for name in names]
        follow_leads(built)
        return built


def pair(month: Month, code: str, level: str = "district", division: str = "441802") -> tuple[Any, Any]:
    """Numerator and denominator of an indicator in a division."""
    return FIGURES[code](Scope(month, level, division))


def figures(*months: Month) -> dict[tuple[str, str], Record]:
    """The rows of the newest month by indicator and division."""
    rows = indicator_marts(months)["rural_indicators"]
    newest = first_day(months[-1].month)
    return {(r["indicator_code"], r["division_code"]): r for r in rows if r["month"] == newest}
