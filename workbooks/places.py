"""Find the first cells of each kind of fault, with their addresses in the department's own file.

Belongs here: file, sheet and cell of a fault, and the line that lists it.
Does not belong here: wording (``messages``), writing sheets (``summary_sheet``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl
from xlsxwriter.utility import xl_col_to_name

from sources.contracts.model import Dataset
from sources.contracts.row_schema import ROW_ID
from workbooks.messages import DUPLICATE_KEY

MOST = 10
"""Most cells that are named for each column and error code."""


@dataclass(frozen=True)
class Place:
    """A cell with a fault: where it is in the file, and which of the listed rows it is in."""

    column: str
    code: str
    file_no: int
    sheet_no: int
    cell: str
    """Address such as D5; the number of the row if the column of the sheet is not known."""
    line: int
    """Index of the row in the rows with problems."""


def first_places(rows: pl.DataFrame, dataset: Dataset) -> list[Place]:
    """List the first ``MOST`` cells of each column and error code, in contract order, then in delivery order.

    ``rows`` are those of ``Problems``. A duplicate key is named at the first key column.
    """
    lines = rows.with_row_index("line").with_columns(pl.col("sheet_columns").str.split(","))
    frames = [_cells(lines, dataset, number) for number in range(len(dataset.columns))]
    return [_place(found) for frame in frames for found in frame.iter_rows(named=True)]


def _cells(lines: pl.DataFrame, dataset: Dataset, number: int) -> pl.DataFrame:
    """Select the first cells of each code in a column."""
    name = dataset.columns[number].name
    again = pl.when(pl.col("row_error") == DUPLICATE_KEY).then(pl.lit(DUPLICATE_KEY))
    marks = [pl.col(f"{name}__error"), pl.col(f"{name}__note"), *([again] if name == dataset.key[0] else [])]
    at = pl.col("sheet_columns").list.get(number, null_on_oob=True).cast(pl.Int32, strict=False)
    cells = [lines.select("line", *ROW_ID, column=pl.lit(name), code=mark, at=at).drop_nulls("code") for mark in marks]
    in_order = pl.concat(cells).sort("code", *ROW_ID, maintain_order=True)
    return in_order.group_by("code", maintain_order=True).head(MOST)


def _place(found: dict[str, Any]) -> Place:
    row, at = found["row_number"], found["at"]
    cell = f"第{row}行" if at is None else f"{xl_col_to_name(at)}{row}"
    return Place(found["column"], found["code"], found["file_no"], found["sheet_no"], cell, found["line"])
