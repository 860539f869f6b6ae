"""The data rows of a sheet: what is left out, merged cells, printed totals (semantics §2).

Belongs here: everything between the header and typed values. Does not belong here: conforming a cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np
import polars as pl

from sources.contract import Dataset
from sources.header import Header
from sources.readers import Sheet
from sources.readers.sheet import TEXT
from sources.text import plain_series

TOTALS = ("合计", "总计", "小计")
FOOTERS = ("填表人", "审核人", "制表", "备注")


@dataclass(frozen=True)
class Table:
    """Rows of one sheet under their contract column names.

    ``rows`` has ``row_number`` (the spreadsheet's own), ``role`` (data or total), ``label`` (first cell of a total row), and
    per contract column of the header ``<name>`` (text as delivered) and ``<name>__type`` (cell type).
    """

    rows: pl.DataFrame
    units: dict[str, str]


def _filled(sheet: Sheet, column: int) -> np.ndarray:
    """Row that each row of a column takes its cell from: a vertically merged cell fills its own range only."""
    source = np.arange(sheet.cells.height)
    merges = sheet.merges
    if len(merges):
        tall = merges[(merges[:, 1] == column) & (merges[:, 2] > merges[:, 0]) & (merges[:, 0] < len(source))]
        lengths = np.minimum(tall[:, 2] + 1, len(source)) - tall[:, 0]
        starts = np.repeat(tall[:, 0], lengths)
        offsets = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        source[starts + offsets] = starts
    return source


def _plain_cells(cells: pl.DataFrame) -> pl.DataFrame:
    """Plain text of every cell, worked out once per distinct text."""
    columns = []
    for series in cells:
        distinct = series.unique()
        forms = pl.DataFrame({"raw": distinct, "plain": plain_series(distinct)})
        joined = pl.DataFrame({"raw": series}).join(
            forms, on="raw", how="left", nulls_equal=True, maintain_order="left"
        )
        columns.append(joined["plain"].rename(series.name))
    return pl.DataFrame(columns)


def _is_repeated_header(body: pl.DataFrame, header: Header) -> pl.Expr:
    """Rows that say the header again: every filled cell of a mapped column equals its header text, and two at least do."""
    same, other = [], []
    for index in header.columns.values():
        texts = [row[index] for row in header.texts if row[index]] + [header.labels[index]]
        cell = pl.col(f"c{index}")
        is_same = cell.is_in(texts).fill_null(False)
        same.append(is_same)
        other.append(cell.is_not_null() & ~is_same)
    return (pl.sum_horizontal(same) >= 2) & ~pl.any_horizontal(other)


def _is_footer(header: Header, dataset: Dataset, width: int) -> pl.Expr:
    first = pl.coalesce(pl.col(f"c{i}") for i in range(width))
    starts = reduce(lambda a, b: a | b, [first.str.starts_with(f) for f in FOOTERS])
    keys = [pl.col(f"c{header.columns[k]}") for k in dataset.key if k in header.columns]
    # The footer's own text may stand in a key column.
    filled = pl.any_horizontal(k.is_not_null() & (k != first) for k in keys) if keys else pl.lit(False)
    return starts & ~filled


def _roles(body: pl.DataFrame, header: Header, dataset: Dataset) -> pl.DataFrame:
    first = pl.coalesce(pl.all())
    label = first.str.strip_chars_end("::")
    role = (
        pl.when(first.is_null()).then(pl.lit("blank"))
        .when(label.is_in(TOTALS)).then(pl.lit("total"))
        .when(_is_repeated_header(body, header)).then(pl.lit("header"))
        .when(_is_footer(header, dataset, body.width)).then(pl.lit("footer"))
        .otherwise(pl.lit("data"))
    )  # fmt: skip
    return body.select(role=role, label=label)


def extract_table(sheet: Sheet, header: Header, dataset: Dataset) -> Table:
    """Take the data and total rows below the header, with vertically merged cells filled."""
    start = header.last_row + 1
    roles = _roles(_plain_cells(sheet.cells.slice(start)), header, dataset)
    kept = roles["role"].is_in(["data", "total"]).to_numpy()
    rows = np.flatnonzero(kept) + start
    columns: dict[str, pl.Series | np.ndarray] = {
        "row_number": rows.astype(np.int32) + 1,
        "role": roles["role"].filter(kept),
        "label": roles["label"].filter(kept),
    }
    is_total = (roles["role"] == "total").to_numpy()[kept]
    for name, index in header.columns.items():
        source = np.where(is_total, rows, _filled(sheet, index)[rows])
        columns[name] = sheet.cells[f"c{index}"].gather(source)
        columns[f"{name}__type"] = (
            sheet.types[index][source] if index in sheet.types else np.full(len(rows), TEXT, dtype=np.uint8)
        )
    return Table(pl.DataFrame(columns), header.units)
