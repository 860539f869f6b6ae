"""Profile a delivery for the gate: states, error codes, typed values and month figures, without identities.

Belongs here: building ``DeliveryProfile`` and ``MonthProfile``.
Does not belong here: judging them (``expectations``).
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from sources import parquet
from sources.conforming.delivery import ConformedDelivery
from sources.contracts.model import Column, Dataset
from sources.contracts.row_schema import ROWS_FILE, shown_name
from sources.home import Home
from sources.landing.settings import REPLACE_ALL_CONFIRMED
from sources.months import Month
from sources.profiling.profile import DeliveryProfile, MonthProfile

_SHOWN = ("number", "integer", "list", "yes_or_no", "date", "month", "town", "village")
_DTYPES: dict[str, pl.DataType | type[pl.DataType]] = {
    "number": pl.Float64,
    "integer": pl.Float64,
    "yes_or_no": pl.Boolean,
    "date": pl.Date,
}


def month_profile(rows: pl.DataFrame, dataset: Dataset) -> MonthProfile:
    """Compute the figures of accepted rows that the gate compares from month to month."""
    towns = frozenset(rows["town_code"].drop_nulls().unique()) if "town_code" in rows.columns else frozenset()
    totals = {c.name: float(rows[c.name].sum() or 0) for c in dataset.numeric_columns}
    return MonthProfile(rows.height, towns, totals)


def _empty_rows(dataset: Dataset) -> pl.DataFrame:
    def dtype(column: Column) -> pl.DataType | type[pl.DataType]:
        return _DTYPES.get(column.kind, pl.String)

    columns = {c.name: dtype(c) for c in dataset.columns}
    errors = {f"{c.name}__error": pl.String for c in dataset.id_columns}
    return pl.DataFrame(schema=pl.Schema({**columns, "row_state": pl.String, "row_error": pl.String, **errors}))


def delivery_rows(conformed: ConformedDelivery, dataset: Dataset) -> pl.DataFrame:
    """Build ``DeliveryProfile.rows``, including a row for each row of a refused file."""
    columns = [pl.col(c.name).alias(shown_name(c)) for c in dataset.columns if c.kind in _SHOWN]
    ids = [
        e
        for c in dataset.id_columns
        for e in (pl.col(f"{c.name}__error"), pl.col(c.name).str.ends_with("X").alias(f"{c.name}__ends_with_x"))
    ]
    event = [pl.col(dataset.event_date).alias("event_date")] if dataset.event_date else []
    source = _empty_rows(dataset) if conformed.rows.is_empty() else conformed.rows
    notes = [c for c in source.columns if c.endswith("__note")]
    note = (pl.coalesce(notes) if notes else pl.lit(None, pl.String)).alias("row_note")
    frame = source.select("row_state", "row_error", note, *ids, *event, *columns)
    frame = frame.with_columns(pl.col(pl.Decimal).cast(pl.Float64), pl.col(pl.Int64).cast(pl.Float64))
    refused = sum(f.rows_refused + (f.rows_unread if f.refusal else 0) for f in conformed.files)
    if refused:
        extra = pl.DataFrame({"row_state": ["quarantined"] * refused, "row_error": ["file_refused"] * refused})
        frame = pl.concat([frame, extra], how="diagonal")
    return frame


def profile_of(
    conformed: ConformedDelivery,
    candidate: pl.DataFrame,
    previous: MonthProfile | None,
    former_towns: frozenset[str] | None,
    dataset: Dataset,
    month: Month,
    warn_pct: float,
    has_base: bool,
    real_towns: Mapping[str, str],
) -> DeliveryProfile:
    """Profile a delivery for the gate.

    ``candidate`` has the month's rows as if the delivery were accepted; ``former_towns`` are those that a re-delivery
    must still have; ``has_base`` and ``real_towns`` are those of ``DeliveryProfile``; ``warn_pct`` is the change in the
    row count, in percent, above which the gate warns.
    """
    files = conformed.files
    return DeliveryProfile(
        dataset=dataset,
        month=month,
        delivery_no=conformed.delivery_no,
        rows=delivery_rows(conformed, dataset),
        candidate=month_profile(candidate, dataset),
        previous=previous,
        former_towns=former_towns,
        is_confirmed=conformed.mode == REPLACE_ALL_CONFIRMED,
        has_base=has_base,
        real_towns=real_towns,
        refusals=tuple(f"{f.shown}:{f.refusal}" for f in files if f.refusal),
        unknown_headers=tuple(dict.fromkeys(h for f in files for h in f.unknown_headers)),
        unit_warnings=tuple(dict.fromkeys(w for f in files for w in f.unit_warnings)),
        printed_totals_checked=sum(f.totals_checked for f in files),
        printed_totals_failed=sum(f.totals_failed for f in files),
        row_count_change_warn_pct=warn_pct,
    )


def towns_of(rows: pl.DataFrame, dataset: Dataset) -> frozenset[str]:
    """List the town codes that occur in conformed rows, whatever became of them, or in accepted rows."""
    names = {"town_code", *(c.name for c in dataset.columns if c.kind == "town")}
    return frozenset(code for name in names.intersection(rows.columns) for code in rows[name].drop_nulls().unique())


def previous_profile(home: Home, dataset: Dataset, month: Month) -> MonthProfile | None:
    """Compute the figures of the newest accepted month before ``month``; None if there is none."""
    folder = home.accepted(dataset, month).parent
    earlier = sorted(p.parent.name for p in folder.glob(f"month=*/{ROWS_FILE}") if p.parent.name < f"month={month}")
    if not earlier:
        return None
    names = [c.name for c in dataset.numeric_columns]
    has_town = any(c.kind == "town" for c in dataset.columns)
    rows = parquet.read(
        folder / earlier[-1] / ROWS_FILE, columns=[*names, *(["town_code"] if has_town else []), "row_order"]
    )
    return month_profile(rows, dataset)
