"""Per-file balances: every delivered row is accepted, quarantined, duplicate or superseded (semantics §3).

Belongs here: counting. Does not belong here: deciding a row's state (``delivery``) or what is in force (``accept``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import polars as pl

from sources.acceptance.in_force import InForce
from sources.conforming.delivery import ConformedDelivery, FileResult
from sources.contracts.model import Dataset
from sources.contracts.row_schema import FILE_LEDGER, schema_of
from sources.months import Month

Taken = Sequence[tuple[ConformedDelivery, bool]]
"""The deliveries of a month in order, each with whether the gate admitted it."""


def ledger_of(taken: Taken, state: InForce | None, dataset: Dataset, month: Month) -> pl.DataFrame:
    """Per-file balances (``FILE_LEDGER``) of all deliveries of a month; ``taken`` tells which were admissible.

    A file that a changed folder shows again counts once: as it is in force, else as it stands now.
    """
    in_force = dict(state.rows["file_no"].value_counts().iter_rows()) if state else {}
    rows = [
        _balance_row(conformed, part, admissible, state, in_force, dataset, month)
        for conformed, admissible in taken
        for part in conformed.files
    ]
    frame = pl.DataFrame(rows, schema=pl.Schema({**schema_of(FILE_LEDGER), "name": pl.String()}))
    order = "is_in_force", "file_no"
    frame = frame.sort(order).unique(["delivery_no", "name", "file_sha256"], keep="last")
    return _named_apart(frame.sort("file_no")).select(schema_of(FILE_LEDGER).names())


def _named_apart(frame: pl.DataFrame) -> pl.DataFrame:
    """Give files of one delivery that share a shown name (overwritten in place, digits masked) names of their own."""
    shares = pl.struct("delivery_no", "file_name").is_duplicated()
    is_main = pl.col("file_no") == pl.col("file_no").sort_by("is_in_force", "file_no").last().over(
        "delivery_no", "file_name"
    )
    apart = pl.concat_str("file_name", pl.lit(" #"), pl.col("file_sha256").str.head(8), pl.lit("-"), "file_no")
    return frame.with_columns(file_name=pl.when(shares & ~is_main).then(apart).otherwise("file_name"))


def _balance_row(
    conformed: ConformedDelivery, part: FileResult, admissible: bool, state: InForce | None, in_force: dict[int, int],
    dataset: Dataset, month: Month,
) -> dict[str, object]:  # fmt: skip
    number = part.file.file_no
    mine = conformed.rows.filter(pl.col("file_no") == number) if not conformed.rows.is_empty() else conformed.rows
    states = dict(mine["row_state"].value_counts().iter_rows()) if mine.height else {}
    total = mine.height + part.rows_refused
    is_taken = admissible and not part.refusal
    accepted = states.get("accepted", 0) if is_taken else 0
    duplicate = states.get("duplicate", 0) if is_taken else 0
    standing = in_force.get(number, 0)
    is_in_force = is_taken and state is not None and number in state.files
    return {
        "extract_month": month.first_day,
        "department": dataset.department,
        "dataset": dataset.name,
        "delivery_no": conformed.delivery_no,
        "file_no": number,
        "file_name": part.shown,
        "file_sha256": part.file.sha256,
        "received_at": datetime.fromisoformat(part.file.received_at),
        "is_in_force": is_in_force,
        "is_current": is_in_force and (standing > 0 or total == 0),
        "rows_in_file": total,
        "rows_accepted": standing,
        "rows_quarantined": total - accepted - duplicate,
        "rows_duplicate": duplicate,
        "rows_superseded": accepted - standing,
        "printed_total_rows": part.printed_totals,
        "name": part.file.name,
    }


def problem_rows(taken: Taken) -> pl.DataFrame:
    """Rows that were not accepted or have a recorded error, with their text as delivered; for the restricted zone."""
    frames = []
    for conformed, admissible in taken:
        if conformed.rows.is_empty():
            continue
        noted = [c for c in conformed.rows.columns if c.endswith(("__error", "__note"))]
        has_problem = (pl.col("row_state") != "accepted") | pl.any_horizontal(pl.col(c).is_not_null() for c in noted)
        raw = [c for c in conformed.rows.columns if c.endswith("__raw")]
        frames.append(
            conformed.rows.filter(has_problem).select(
                pl.lit(conformed.delivery_no, pl.Int32).alias("delivery_no"),
                pl.lit(admissible).alias("is_admissible"),
                "file_no", "sheet_no", "row_number", "row_state", "row_error", *raw, *noted,
            )
        )  # fmt: skip
    return pl.concat(frames, how="diagonal") if frames else pl.DataFrame(schema={"row_state": pl.String})


def error_counts(taken: Taken) -> dict[str, int]:
    """Cells by error code over all deliveries of a month, ``duplicate_key`` by row."""
    counts: Counter[str] = Counter()
    for conformed, _ in taken:
        rows = conformed.rows
        for name in (c for c in rows.columns if c.endswith(("__error", "__note"))):
            counts.update(dict(rows[name].drop_nulls().value_counts().iter_rows()))
        if not rows.is_empty():
            counts["duplicate_key"] += int((rows["row_error"] == "duplicate_key").sum())
    return {code: n for code, n in sorted(counts.items()) if n}
