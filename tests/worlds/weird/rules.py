"""Rows whose cells break a rule beside each other, or nearly.

Belongs here: cells of a rule together, at and around the limit, empty and wrong. Does not belong here: single cells
(``cells``).
"""

from __future__ import annotations

from itertools import product

from tests.oracle.columns import Column, Dataset
from tests.worlds.weird.cells import ordinary
from tests.worlds.world import Cells

CELLS = {
    "date": ("2021-05-01", "2021-05-02", "2021-05-03", "", "2021-05", "2021-13-01", "2021-08-01", "2100-12-31"),
    "number": ("4", "5", "6", "", "五", "-1"),
    "integer": ("4", "5", "6", "", "五", "-1"),
    "town": ("飞来峡镇", "", "无此镇"),
    "village": ("升平村委会", "", "无此村"),
}


def is_ruled(dataset: Dataset) -> bool:
    """Whether a column of the table must keep something beside another one."""
    return any(c.rules for c in dataset.columns)


def _choices(column: Column) -> tuple[str, ...]:
    return (*column.values, "", "别的") if column.kind == "list" else CELLS[column.kind]


def rule_rows(dataset: Dataset) -> list[Cells]:
    """A row for every combination of the cells that the rules of a column look at."""
    found: list[Cells] = []
    for column in (c for c in dataset.columns if c.rules):
        names = [column.name, *dict.fromkeys(rule.other for rule in column.rules)]
        for cells in product(*(_choices(dataset.column(name)) for name in names)):
            found.append({**ordinary(dataset, len(found)), **dict(zip(names, cells, strict=True))})
    return found
