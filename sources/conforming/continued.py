"""Read a sheet without a header as the continuation of the list on the sheet before it (semantics §2).

Belongs here: where its rows begin, whether they fit the header. Does not belong here: conforming them (``rows``).
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from sources.contracts.model import Dataset
from sources.reading.files import Sheet
from sources.reading.header import Header, best_header
from sources.reading.unread import NUMERIC

_MOST_ERRORS = 0.2
"""Largest share of rows with an error in one column of a list that fits."""


def continued_header(sheet: Sheet, header: Header, dataset: Dataset) -> Header | None:
    """Give the header of the sheet before for a sheet without one, placed above its first row of data.

    Returns None if the sheet has no such row, or something like a header: names of columns, or a row of words alone.
    """
    columns = [f"c{i}" for i in header.columns.values() if i < sheet.cells.width]
    if not columns or best_header(sheet, dataset):
        return None
    cells = sheet.plain
    filled = cells.select(n=pl.sum_horizontal(pl.col(columns).is_not_null()))["n"]
    rows = (2 * filled >= len(header.columns)).arg_true()
    if rows.is_empty():
        return None
    first = int(rows[0])
    if not cells[first].select(pl.any_horizontal(pl.col(columns).str.contains(NUMERIC))).item():
        return None
    known = {name: i for name, i in header.columns.items() if f"c{i}" in columns}
    labels = (*header.labels, *[""] * sheet.cells.width)[: sheet.cells.width]
    return replace(header, last_row=first - 1, columns=known, texts=(), labels=labels)


def fits(frame: pl.DataFrame, dataset: Dataset) -> bool:
    """Check whether the columns of conformed rows are what the header says: in each, few rows have an error.

    A shift by one column makes at least one of them wrong in every row. In a single row two errors are too many.
    """
    data = frame.filter(pl.col("role") == "data")
    errors = data.select(pl.col(f"{c.name}__error").is_not_null().sum() for c in dataset.columns).row(0)
    if data.height == 1:
        return bool(sum(errors) <= 1)
    return data.height > 0 and all(n <= max(1, _MOST_ERRORS * data.height) for n in errors)
