"""Cells of one column through the real way: a CSV or an Excel file with one column put to the test.

Belongs here: asking what becomes of a cell. Does not belong here: what should.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sources.contracts.model import Dataset
from tests.unit.sources.builder import conform, csv_file, row, table, xlsx_file

Judged = tuple[Any, str | None]


def judged(dataset: Dataset, column: str, *cells: str, header: str | None = None) -> list[Judged]:
    """Value and error code of text cells of one column, in order; the other columns are right."""
    rows = table(dataset, [row(dataset, i, **{column: cell}) for i, cell in enumerate(cells, 1)])
    if header:
        rows[0][dataset.columns.index(dataset[column])] = header
    return _of(dataset, column, csv_file(rows), len(cells))


def judged_in_excel(
    dataset: Dataset, column: str, *cells: str | float | bool | dt.date | dt.datetime | None, header: str | None = None
) -> list[Judged]:
    """The same for cells of an Excel sheet, which have a type."""
    rows = table(dataset, [row(dataset, i, **{column: cell}) for i, cell in enumerate(cells, 1)])
    if header:
        rows[0][dataset.columns.index(dataset[column])] = header
    return _of(dataset, column, xlsx_file({"表": rows}), len(cells))


def _of(dataset: Dataset, column: str, content: bytes, cells: int) -> list[Judged]:
    found = conform(dataset, content)
    assert found.files[0].refusal is None, found.files[0].refusal
    assert found.rows.height == cells
    return found.rows.select(column, f"{column}__error").rows()
