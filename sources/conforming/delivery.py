"""Conform one delivery of one dataset: its files, in order, and the state of every row.

Belongs here: joining files to one frame in delivery order, duplicates (they span files).
Does not belong here: one file (``file``), the gate (``expectations``), replacing earlier rows
(``acceptance.in_force``).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from sources.conforming.context import Context
from sources.conforming.file import FileResult, conform_file
from sources.contracts.model import Dataset
from sources.landing.deliveries import DeliveredFile
from sources.reading.files import Read, read_here


@dataclass(frozen=True)
class ConformedDelivery:
    """A delivery with all its rows.

    ``rows`` has file_no, sheet_no, the columns of ``conform_rows`` for data rows, and ``row_state``: accepted,
    duplicate or quarantined. It omits the rows of refused files; ``FileResult.rows_refused`` counts them.
    """

    delivery_no: int
    mode: str
    files: tuple[FileResult, ...]
    rows: pl.DataFrame


def conform_delivery(
    delivery_no: int, mode: str, files: list[DeliveredFile], dataset: Dataset, context: Context, read: Read = read_here
) -> ConformedDelivery:
    """Read and conform the files of a delivery in delivery order.

    An unreadable file does not raise; its ``FileResult`` holds the refusal.
    """
    results = [conform_file(f, dataset, context, read) for f in files]
    frames = [f for r in results if not r.refusal for f in r.frames]
    rows = pl.concat(frames, how="vertical") if frames else pl.DataFrame()
    return ConformedDelivery(delivery_no, mode, tuple(results), _with_states(rows, dataset))


def _with_states(rows: pl.DataFrame, dataset: Dataset) -> pl.DataFrame:
    """Give every row its state.

    Exact repetitions of a row are duplicates; a repeated key with other values is quarantined.
    """
    if rows.is_empty():
        return rows
    rows = rows.with_row_index("_i")
    # Keys first: rows have some sixty columns, and few rows are of interest.
    keys = rows.select("_i", "is_bad", *dataset.key).filter(~pl.col("is_bad"))
    suspects = rows[keys.filter(pl.struct(dataset.key).is_duplicated())["_i"]]
    firsts = suspects.unique([c.name for c in dataset.columns], keep="first", maintain_order=True)
    keyed = firsts.unique(list(dataset.key), keep="first", maintain_order=True)
    index = pl.col("_i")
    is_duplicate = index.is_in(suspects["_i"].implode()) & ~index.is_in(firsts["_i"].implode())
    is_key_again = index.is_in(firsts["_i"].implode()) & ~index.is_in(keyed["_i"].implode())
    return rows.with_columns(
        row_state=pl.when("is_bad").then(pl.lit("quarantined"))
        .when(is_duplicate).then(pl.lit("duplicate"))
        .when(is_key_again).then(pl.lit("quarantined"))
        .otherwise(pl.lit("accepted")),
        row_error=pl.when(is_key_again).then(pl.lit("duplicate_key")).otherwise("row_error"),
    ).drop("_i")  # fmt: skip
