"""Conform the columns of a typed original that are dates, decimals or integers at the source (semantics §3).

Belongs here: which kinds take such values as they are.
Does not belong here: the ranges of a kind (``dates``, ``numbers``), other columns, whose texts follow the rules of any
cell (``rows``).
"""

from __future__ import annotations

from datetime import date

import polars as pl

from sources.conforming.dates import conform_days, latest_day
from sources.conforming.numbers import conform_figures
from sources.contracts.model import Column
from sources.reading.table import Table


def conform_typed(column: Column, table: Table, rows: pl.DataFrame, month_end: date) -> pl.DataFrame | None:
    """Conform the values of a column to the columns ``value``, ``error`` and, of numbers, ``parsed``.

    Returns None if the texts of the column are to be conformed: it has no values, they are of another kind than the
    contract's (a number for a date, anything for an id), or the header names another unit than the contract.
    """
    if f"{column.name}__typed" not in rows.columns:
        return None
    values = rows[f"{column.name}__typed"]
    match column.kind:
        case "date" if values.dtype == pl.Date:
            return conform_days(values, latest_day(column, month_end))
        case "month" if values.dtype == pl.Date:
            return pl.DataFrame({"value": values.dt.strftime("%Y-%m")}).with_columns(error=pl.lit(None, pl.String))
        case "number" | "integer" if values.dtype.is_numeric() and _has_usual_unit(column, table):
            return conform_figures(values, column)
    return None


def _has_usual_unit(column: Column, table: Table) -> bool:
    return table.units.get(column.name, column.unit) == column.unit
