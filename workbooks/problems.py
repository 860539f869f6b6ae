"""Collect a department's own rows with problems, for one dataset and month.

Belongs here: selecting the rows that are still relevant, their state, counts per column and error code.
Does not belong here: finding errors (``sources.conforming``), the sheet of the rows (``rows_sheet``).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from sources import parquet
from sources.contracts.model import Dataset
from sources.contracts.row_schema import FILE_LEDGER, LEDGER_FILE, ROW_ID, ROWS_FILE, schema_of
from sources.home import Home
from sources.months import Month
from workbooks.messages import DUPLICATE_KEY
from workbooks.returns import RETURNS, doubtful_returns

QUARANTINED, EMPTIED, DUPLICATE, NOTED = "隔离", "错格已清空", "重复", "提示"
STATES = (QUARANTINED, EMPTIED, DUPLICATE, NOTED)
"""States of a row with problems, most urgent first."""

MAX_ROWS = 10_000
"""Maximum rows of a sheet: nobody corrects more by hand, and writing them takes only seconds."""


@dataclass(frozen=True)
class Problems:
    """Rows with problems.

    ``rows`` has the row's lineage, ``state``, ``is_admissible``, ``row_error``, ``sheet_columns``, and per contract
    column ``<name>__raw`` (text as delivered), ``<name>__error`` and ``<name>__note`` (codes or null); at most
    ``MAX_ROWS`` of ``total``, most urgent first. ``counts`` has ``column``, ``code``, ``cells`` over all rows.
    """

    rows: pl.DataFrame
    total: int
    counts: pl.DataFrame


def ledger_of(home: Home, dataset: Dataset, month: Month) -> pl.DataFrame:
    """Read the file ledger of a dataset and month (``FILE_LEDGER``); empty if nothing was delivered."""
    path = home.deliveries(dataset, month) / LEDGER_FILE
    return parquet.read(path) if path.exists() else pl.DataFrame(schema=schema_of(FILE_LEDGER))


def problems_of(home: Home, dataset: Dataset, month: Month) -> Problems:
    """Read the rows with problems from the deliveries in force and from later rejected ones."""
    ledger = ledger_of(home, dataset, month)
    path = home.quarantine(dataset, month) / ROWS_FILE
    rows = _complete(parquet.read(path) if path.exists() else pl.DataFrame(), dataset)
    rows = rows.filter(_is_relevant(ledger))
    if dataset.name == RETURNS:
        doubtful = _complete(doubtful_returns(home, dataset, month, ledger), dataset)
        rows = pl.concat([rows, doubtful.join(rows, on=list(ROW_ID), how="anti")])
    return _sorted(rows, dataset)


def problems_in(rows: pl.DataFrame, dataset: Dataset) -> Problems:
    """Collect the rows with problems of files that were only checked; ``rows`` are in the shape of the quarantine."""
    return _sorted(_complete(rows, dataset), dataset)


def _sorted(rows: pl.DataFrame, dataset: Dataset) -> Problems:
    """Give the rows their states, most urgent first, and count the cells."""
    rows = rows.with_columns(state=_state(dataset)).sort(
        pl.col("state").cast(pl.Enum(STATES)), *ROW_ID, maintain_order=True
    )
    return Problems(rows.head(MAX_ROWS), rows.height, _counts(rows, dataset))


def _is_relevant(ledger: pl.DataFrame) -> pl.Expr:
    """Select rows of files in force and of later files; files that an accepted delivery replaced are past.

    A re-listed file is in the ledger once. Deliveries that were rejected while the rows of an earlier run stayed in
    force have file numbers after all files of the ledger.
    """
    file_no, counted = pl.col("file_no"), ledger["file_no"]
    in_force = ledger.filter("is_in_force")["file_no"]
    newest, last = in_force.max() or 0, counted.max() or 0
    is_counted = file_no.is_in(counted.implode()) | (file_no > last)
    return file_no.is_in(in_force.implode()) | is_counted & (file_no > newest)


def _complete(rows: pl.DataFrame, dataset: Dataset) -> pl.DataFrame:
    """Select the columns of ``Problems.rows`` except the state; missing columns are null."""
    lineage = {"is_admissible": pl.Boolean(), **dict.fromkeys(ROW_ID, pl.Int32())}
    texts = ["row_state", "row_error", "sheet_columns"]
    texts += [f"{c.name}__{part}" for c in dataset.columns for part in ("raw", "error", "note")]
    schema: dict[str, pl.DataType] = {**lineage, **dict.fromkeys(texts, pl.String())}
    if rows.is_empty():
        return pl.DataFrame(schema=schema)
    missing = [pl.lit(None, dtype).alias(name) for name, dtype in schema.items() if name not in rows.columns]
    return rows.with_columns(missing).select(pl.col(name).cast(dtype) for name, dtype in schema.items())


def _state(dataset: Dataset) -> pl.Expr:
    has_error = pl.any_horizontal(pl.col(f"{c.name}__error").is_not_null() for c in dataset.columns)
    return (
        pl.when(pl.col("row_state") == "quarantined").then(pl.lit(QUARANTINED))
        .when(pl.col("row_state") == "duplicate").then(pl.lit(DUPLICATE))
        .when(has_error).then(pl.lit(EMPTIED))
        .otherwise(pl.lit(NOTED))
    )  # fmt: skip


def _counts(rows: pl.DataFrame, dataset: Dataset) -> pl.DataFrame:
    """Count cells per column and code, in contract order; duplicate keys count under the first key column."""
    schema = pl.Schema({"column": pl.String, "code": pl.String, "cells": pl.UInt32})
    frames = [pl.DataFrame(schema=schema)]
    for column in dataset.columns:
        for part in ("error", "note"):
            codes = rows[f"{column.name}__{part}"].drop_nulls().alias("code")
            counted = codes.value_counts(name="cells", sort=True)
            frames.append(counted.select(pl.lit(column.name).alias("column"), "code", "cells"))
    again = rows.filter(pl.col("row_error") == DUPLICATE_KEY).height
    if again:
        frames.append(pl.DataFrame([(dataset.key[0], DUPLICATE_KEY, again)], schema=schema, orient="row"))
    return pl.concat([f.cast(schema) for f in frames])
