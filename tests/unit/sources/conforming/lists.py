"""Lists of people and households as the tests of tables lay them out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sources.conforming.delivery import ConformedDelivery
from sources.contracts.model import Dataset
from tests.unit.sources.builder import CONTRACTS, conform, csv_file, row, table, xlsx_file

INCOME = CONTRACTS.dataset("household_income")
SUBSISTENCE = CONTRACTS.dataset("subsistence_allowance")
SUPPORT = CONTRACTS.dataset("extreme_poverty_support")
ROADS = CONTRACTS.dataset("rural_roads")
Rows = list[list[Any]]
WIDTH = len(SUBSISTENCE.columns)
KEYS = ("head_resident_id", "resident_id")


def people(first: int, last: int, dataset: Dataset = SUBSISTENCE, **cells: Any) -> list[dict[str, Any]]:
    """Rows whose head is another person than the row's."""
    rows = []
    for n in range(first, last + 1):
        head = {"head_resident_id": row(SUBSISTENCE, 500 + n)["head_resident_id"]} if dataset is SUBSISTENCE else {}
        rows.append(row(dataset, n, **head, **cells))
    return rows


def block(first: int, last: int, order: Callable[[list[str]], list[str]] = list, **labels: str) -> Rows:
    """A header and rows, with the columns in another order and under other names."""
    names = order([c.name for c in SUBSISTENCE.columns])
    rows = people(first, last)
    return [[labels.get(n, SUBSISTENCE[n].label) for n in names], *[[r[n] for n in names] for r in rows]]


def swapped(names: list[str]) -> list[str]:
    """Person and head change places."""
    pairs = {"head_name": "person_name", "head_resident_id": "resident_id"}
    pairs |= {b: a for a, b in pairs.items()}
    return [pairs.get(n, n) for n in names]


def read(found: ConformedDelivery) -> list[tuple[Any, ...]]:
    assert found.files[0].refusal is None, found.files[0].refusal
    assert set(found.rows["row_state"]) == {"accepted"}
    return found.rows.select("row_number", *KEYS).rows()


def expected(*rows: tuple[int, int]) -> list[tuple[Any, ...]]:
    """Row numbers with the ids of the person of each."""
    return [(number, *(people(n, n)[0][k] for k in KEYS)) for number, n in rows]


def both(rows: Rows) -> list[ConformedDelivery]:
    padded = [[*r, *[""] * (max(map(len, rows)) - len(r))] for r in rows]
    texts = [["" if c is None else c for c in r] for r in padded]
    return [conform(SUBSISTENCE, csv_file(texts)), conform(SUBSISTENCE, xlsx_file({"表": rows}))]


FIRST = block(1, 2)


def income(*amounts: str, unit: str = "", total: str = "") -> Rows:
    first = 1000 if unit else 1
    rows = [row(INCOME, first + i, wage_income=a, business_income="0") for i, a in enumerate(amounts)]
    cells = table(INCOME, rows)
    cells[0][1] += unit
    return [*cells, *([["合计", total]] if total else [])]


CLEANING = CONTRACTS.dataset("cleaning_fund")
BODY = block(3, 5)[1:]


def households(*numbers: int, key: str = "18020000{:02d}") -> Rows:
    """Rows of the income table without its header."""
    return [list(row(INCOME, n, household_code=key.format(n)).values()) for n in numbers]


HEADED = table(INCOME, [])[0]
PAYMENTS = CONTRACTS.dataset("industry_support_payments")


def payments(*numbers: int, no: str = "F2021-{}") -> Rows:
    return [
        list(row(PAYMENTS, n, payment_no=no.format(n), household_code=f"18020000{n:02d}").values()) for n in numbers
    ]
