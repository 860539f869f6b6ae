"""Read a sheet without a header as the continuation of the list on the sheet before it (semantics §2).

Belongs here: where its rows begin, whether they fit the header. Does not belong here: conforming them (``rows``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from sources.contracts.model import Dataset
from sources.reading.codes import NUMERIC, Codes, code_columns, plain_code, shape
from sources.reading.files import Sheet
from sources.reading.header import Header, best_header
from sources.text_series import plain_series

_MOST_ERRORS = 0.2
"""Largest share of rows with an error in one column of a list that fits."""


def continued_header(sheet: Sheet, header: Header, dataset: Dataset) -> Header | None:
    """Give the header of the sheet before for a sheet without one, placed above its first row of data.

    Returns None if the sheet has no such row, or something like a header: names of columns, or a row of words alone.
    """
    if best_header(sheet, dataset):
        return None
    full, numeric = _full_rows(sheet, header)
    return _above(sheet, header, full[0]) if full and full[0] in numeric else None


def foreign_header(sheet: Sheet, header: Header) -> Header | None:
    """Place the header of another table above the first row of data, to try whether the columns are the same."""
    _, numeric = _full_rows(sheet, header)
    return _above(sheet, header, numeric[0]) if numeric else None


def _full_rows(sheet: Sheet, header: Header) -> tuple[list[int], list[int]]:
    """List the rows with half of the columns of a header filled, and those of them with a number."""
    columns = [f"c{i}" for i in header.columns.values() if i < sheet.cells.width]
    if not columns:
        return [], []
    is_full = 2 * pl.sum_horizontal(pl.col(columns).is_not_null()) >= len(header.columns)
    has_number = pl.any_horizontal(pl.col(columns).str.contains(NUMERIC))
    rows = sheet.plain.select(full=is_full, numeric=is_full & has_number.fill_null(False))
    return rows["full"].arg_true().to_list(), rows["numeric"].arg_true().to_list()


def _above(sheet: Sheet, header: Header, first: int) -> Header:
    known = {name: i for name, i in header.columns.items() if i < sheet.cells.width}
    labels = (*header.labels, *[""] * sheet.cells.width)[: sheet.cells.width]
    return replace(header, last_row=first - 1, columns=known, texts=(), labels=labels)


def is_in_order(header: Header, other: Header) -> bool:
    """Check whether two headers have the columns that they share in the same order."""
    shared = header.columns.keys() & other.columns.keys()
    first, second = (sorted(shared, key=h.columns.__getitem__) for h in (header, other))
    return first == second


def fits(frame: pl.DataFrame, before: Sequence[pl.DataFrame], dataset: Dataset) -> bool:
    """Check whether the columns of conformed rows are what the header says, and its codes like those ``before``.

    A shift by one column makes at least one of them wrong in every row. In a single row two errors are too many.
    """
    data = frame.filter(pl.col("role") == "data")
    if not _has_such_codes(data, before, dataset):
        return False
    errors = data.select(pl.col(f"{c.name}__error").is_not_null().sum() for c in dataset.columns).row(0)
    if data.height == 1:
        return bool(sum(errors) <= 1)
    return data.height > 0 and all(n <= max(1, _MOST_ERRORS * data.height) for n in errors)


def codes_of(frames: Sequence[pl.DataFrame], column: str) -> Codes:
    """Collect the codes of conformed rows from one column, as delivered."""
    texts = [plain_series(frame[f"{column}__raw"]).rename("") for frame in frames]
    codes = pl.concat([pl.Series("code", dtype=pl.String), *texts]).drop_nulls().to_frame()
    return Codes(codes.select(plain_code(pl.col("code")))["code"].unique())


def _has_such_codes(data: pl.DataFrame, before: Sequence[pl.DataFrame], dataset: Dataset) -> bool:
    """Check whether nearly all codes of the key have a shape that one of the rows before has too."""
    for name in code_columns(dataset):
        shapes = codes_of(before, name).all_shapes
        found = data.select(shape(plain_code(pl.lit(plain_series(data[f"{name}__raw"]))))).to_series()
        if (~found.is_in(shapes.implode())).sum() > _MOST_ERRORS * data.height:
            return False
    return True
