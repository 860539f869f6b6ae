"""Count the rows of every file in a ledger: accepted, quarantined, duplicate or superseded (semantics §3).

Belongs here: counts per file and per error code, the rows to report as problems.
Does not belong here: the state of a row (``conforming.delivery``), the rows in force (``in_force``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

import polars as pl

from sources import parquet
from sources.acceptance.in_force import InForce
from sources.conforming.delivery import ConformedDelivery
from sources.conforming.file import FileResult
from sources.contracts.model import Dataset
from sources.contracts.row_schema import FILE_LEDGER, LEDGER_FILE, schema_of
from sources.home import Home
from sources.months import Month

Taken = Sequence[tuple[ConformedDelivery, bool]]
"""The deliveries of a month in order, each with the gate's verdict (True if admissible)."""


def ledger_of(taken: Taken, state: InForce | None, dataset: Dataset, month: Month) -> pl.DataFrame:
    """Build the ledger (``FILE_LEDGER``, one row per file) of all deliveries of a month.

    A file that occurs in several states of a folder counts once: with its counts in force, otherwise with its newest.
    """
    in_force = dict(state.rows["file_no"].value_counts().iter_rows()) if state else {}
    rows = [
        _file_row(conformed, file, admissible, state, in_force, dataset, month)
        for conformed, admissible in taken
        for file in conformed.files
    ]
    frame = pl.DataFrame(rows, schema=pl.Schema({**schema_of(FILE_LEDGER), "name": pl.String()}))
    order = "is_in_force", "file_no"
    frame = frame.sort(order).unique(["delivery_no", "name", "file_sha256"], keep="last")
    return _with_distinct_names(frame.sort("file_no")).select(schema_of(FILE_LEDGER).names())


def kept_names(home: Home, dataset: Dataset, month: Month) -> dict[str, str]:
    """Map the hash of each file in the kept ledger to its masked name; empty if there is none, or if it is damaged."""
    with suppress(pl.exceptions.PolarsError, OSError):
        files = parquet.read(home.deliveries(dataset, month) / LEDGER_FILE)
        return dict(files.select("file_sha256", "file_name").iter_rows())
    return {}


def _with_distinct_names(frame: pl.DataFrame) -> pl.DataFrame:
    """Add a suffix to file names that several files of one delivery share (overwritten in place, digits masked)."""
    is_shared = pl.struct("delivery_no", "file_name").is_duplicated()
    is_main = pl.col("file_no") == pl.col("file_no").sort_by("is_in_force", "file_no").last().over(
        "delivery_no", "file_name"
    )
    distinct = pl.concat_str("file_name", pl.lit(" #"), pl.col("file_sha256").str.head(8), pl.lit("-"), "file_no")
    return frame.with_columns(file_name=pl.when(is_shared & ~is_main).then(distinct).otherwise("file_name"))


def _file_row(
    conformed: ConformedDelivery, result: FileResult, admissible: bool, state: InForce | None,
    in_force: dict[int, int], dataset: Dataset, month: Month,
) -> dict[str, object]:  # fmt: skip
    """Count the rows of one file; ``in_force`` has the rows in force by file_no."""
    number = result.file.file_no
    states = {}
    if not conformed.rows.is_empty():
        of_file = conformed.rows.select("file_no", "row_state").filter(pl.col("file_no") == number)
        states = dict(of_file["row_state"].value_counts().iter_rows())
    total = sum(states.values()) + result.rows_refused + result.rows_unread
    is_taken = admissible and not result.refusal
    accepted = states.get("accepted", 0) if is_taken else 0
    duplicate = states.get("duplicate", 0) if is_taken else 0
    remaining = in_force.get(number, 0)
    is_in_force = is_taken and state is not None and number in state.files
    return {
        "extract_month": month.first_day,
        "department": dataset.department,
        "dataset": dataset.name,
        "delivery_no": conformed.delivery_no,
        "file_no": number,
        "file_name": result.shown,
        "file_sha256": result.file.sha256,
        "received_at": datetime.fromisoformat(result.file.received_at),
        "is_in_force": is_in_force,
        "is_current": is_in_force and (remaining > 0 or total == 0),
        "rows_in_file": total,
        "rows_accepted": remaining,
        "rows_quarantined": total - accepted - duplicate,
        "rows_duplicate": duplicate,
        "rows_superseded": accepted - remaining,
        "printed_total_rows": result.printed_totals,
        "name": result.file.name,
    }


def problem_rows(taken: Taken) -> pl.DataFrame:
    """Collect the rows that were not accepted or have an error or note, with their original text (restricted zone)."""
    frames = []
    for conformed, admissible in taken:
        if conformed.rows.is_empty():
            continue
        codes = [c for c in conformed.rows.columns if c.endswith(("__error", "__note"))]
        has_problem = (pl.col("row_state") != "accepted") | pl.any_horizontal(pl.col(c).is_not_null() for c in codes)
        raw = [c for c in conformed.rows.columns if c.endswith("__raw")]
        shown = ["file_no", "sheet_no", "row_number", "row_state", "row_error", "sheet_columns", *raw, *codes]
        frames.append(
            conformed.rows.select(shown).filter(has_problem).select(
                pl.lit(conformed.delivery_no, pl.Int32).alias("delivery_no"),
                pl.lit(admissible).alias("is_admissible"),
                *shown,
            )
        )  # fmt: skip
    return pl.concat(frames, how="diagonal") if frames else pl.DataFrame(schema={"row_state": pl.String})


def sheet_columns(taken: Taken) -> pl.DataFrame:
    """List delivery_no, file_no, sheet_no, row_number and ``sheet_columns`` of the first row of each table.

    ``sheet_columns`` are described in ``reading.table.Table``; the rows below have the same ones up to the next table.
    """
    place = ["delivery_no", "file_no", "sheet_no", "row_number"]
    frames = [
        c.rows.select(pl.lit(c.delivery_no, pl.Int32).alias(place[0]), *place[1:], "sheet_columns")
        for c, _ in taken
        if not c.rows.is_empty()
    ]
    if not frames:
        return pl.DataFrame(schema=dict.fromkeys(place, pl.Int32) | {"sheet_columns": pl.String})
    rows = pl.concat(frames).sort(place)
    return rows.filter(pl.struct(*place[:3], "sheet_columns").rle_id().diff().fill_null(1) != 0)


def error_counts(taken: Taken) -> dict[str, int]:
    """Count the cells with each error code over all deliveries of a month; ``duplicate_key`` counts rows."""
    counts: Counter[str] = Counter()
    for conformed, _ in taken:
        counts.update(error_counts_in(conformed.rows))
    return dict(sorted(counts.items()))


def error_counts_in(rows: pl.DataFrame) -> dict[str, int]:
    """Count the cells with each error code in conformed rows, as ``error_counts`` does."""
    counts: Counter[str] = Counter()
    for name in (c for c in rows.columns if c.endswith(("__error", "__note"))):
        counts.update(dict(rows[name].drop_nulls().value_counts().iter_rows()))
    if not rows.is_empty():
        counts["duplicate_key"] += int((rows["row_error"] == "duplicate_key").sum())
    return {code: n for code, n in sorted(counts.items()) if n}
