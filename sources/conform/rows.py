"""Conforming a whole table: typed values and error codes per cell, an error code per row, printed totals.

Belongs here: which kind goes to which module, errors that need two columns, the row's verdict.
Does not belong here: duplicates (they span files; ``delivery``), the rules of a kind.
"""

from __future__ import annotations

import polars as pl

from sources.conform.context import Context
from sources.conform.dates import conform_dates, conform_months
from sources.conform.ids import birth_month_of, conform_certificates, conform_ids, sex_of
from sources.conform.numbers import conform_numbers
from sources.conform.places import conform_towns, conform_villages
from sources.conform.words import conform_list, conform_text, conform_yes_or_no
from sources.contract import Column, Dataset
from sources.table import Table
from sources.text import plain_series

_MISSING = ("-", "—", "/")
_MISSING_WORDS = ("无", "NULL")


def _distinct(column: Column, cells: pl.DataFrame) -> pl.DataFrame:
    """Distinct cells of a column: raw, type, text (plain; null where the cell counts as missing)."""
    missing = _MISSING if column.kind in ("text", "yes_or_no") else _MISSING + _MISSING_WORDS
    distinct = cells.unique()
    text = plain_series(distinct["raw"])
    return distinct.with_columns(text=pl.when(~text.is_in(missing)).then(text))


def _kind(column: Column, cells: pl.DataFrame, context: Context, unit: str | None) -> pl.DataFrame:
    month_end = context.month.last_day
    match column.kind:
        case "resident_id":
            return conform_ids(cells, month_end)
        case "certificate":
            return conform_certificates(cells, month_end)
        case "date":
            return conform_dates(cells, month_end)
        case "month":
            return conform_months(cells)
        case "number" | "integer":
            return conform_numbers(cells, column, unit)
        case "yes_or_no":
            return conform_yes_or_no(cells)
        case "list":
            return conform_list(cells, column)
        case "town":
            return conform_towns(cells, context.vintage)
        case _:
            return conform_text(cells)


def _values(column: Column, cells: pl.DataFrame, context: Context, unit: str | None) -> list[pl.Series]:
    distinct = _distinct(column, cells)
    filled = distinct.filter(pl.col("text").is_not_null())
    typed = _kind(column, filled, context, unit).drop("text", "type")
    known = pl.concat([filled.select("raw", "type"), typed], how="horizontal")
    joined = cells.join(known, on=["raw", "type"], how="left", nulls_equal=True, maintain_order="left")
    if column.required:
        missing = cells.join(
            distinct.select("raw", "type", is_missing=pl.col("text").is_null()),
            on=["raw", "type"], how="left", nulls_equal=True, maintain_order="left",
        )["is_missing"]  # fmt: skip
        joined = joined.with_columns(error=pl.when(missing).then(pl.lit("required_missing")).otherwise("error"))
    names = {"value": column.name, "error": f"{column.name}__error", "parsed": f"{column.name}__parsed"}
    return [joined[source].rename(name) for source, name in names.items() if source in joined.columns]


def _village(
    column: Column, town: Column | None, rows: pl.DataFrame, done: pl.DataFrame, context: Context
) -> list[pl.Series]:
    """A village is looked up within its town; where the town is wrong the village stays empty without an error of its own."""
    code = done[town.name] if town else pl.Series([None], dtype=pl.String).new_from_index(0, rows.height)
    town_wrong = (
        done[f"{town.name}__error"].is_not_null() if town else pl.Series([False]).new_from_index(0, rows.height)
    )
    raw = rows[column.name]
    distinct = _distinct(column, pl.DataFrame({"raw": raw, "type": rows[f"{column.name}__type"]}))
    texts = pl.DataFrame({"raw": raw, "type": rows[f"{column.name}__type"]}).join(
        distinct, on=["raw", "type"], how="left", nulls_equal=True, maintain_order="left"
    )["text"]
    places = pl.DataFrame({"town_code": code, "text": texts})
    known = conform_villages(places.filter(texts.is_not_null()).unique(), context.vintage)
    found = places.join(known, on=["town_code", "text"], how="left", nulls_equal=True, maintain_order="left")
    missing = pl.lit("required_missing") if column.required else pl.lit(None, pl.String)
    found = found.with_columns(_town_wrong=town_wrong).select(
        value=pl.when(~pl.col("_town_wrong")).then("value"),
        error=pl.when(pl.col("text").is_null()).then(missing).when(~pl.col("_town_wrong")).then("error"),
    )
    return [found["value"].rename(column.name), found["error"].rename(f"{column.name}__error")]


def _contradictions(dataset: Dataset, frame: pl.DataFrame) -> pl.DataFrame:
    """Cells that contradict the row's id: recorded, not changed (semantics §3)."""
    names = {c.name for c in dataset.columns}
    if "resident_id" not in names:
        return frame
    rid = pl.col("resident_id")
    checks: dict[str, tuple[pl.Expr, str]] = {
        "sex": (pl.col("sex") != sex_of(rid), "sex_contradicts_id"),
        "birth_month": (pl.col("birth_month") != birth_month_of(rid), "birth_contradicts_id"),
        "disability_certificate_no": (
            pl.col("disability_certificate_no").str.slice(0, 18) != rid,
            "certificate_contradicts_id",
        ),
    }
    return frame.with_columns(
        pl.when(rid.is_not_null() & differs).then(pl.lit(code)).alias(f"{name}__note")
        for name, (differs, code) in checks.items()
        if name in names
    )


def conform_rows(table: Table, dataset: Dataset, context: Context) -> pl.DataFrame:
    """Conform every row of a table.

    Returns row_number, role, label, and per contract column ``<name>`` (typed), ``<name>__error``, ``<name>__raw`` (text
    as delivered), for numbers ``<name>__parsed``, for cells that contradict the id ``<name>__note``; and ``row_error``:
    the code of the first column in contract order that has one, ``is_bad``: a required column has an error.
    """
    rows, height = table.rows, table.rows.height
    done = rows.select("row_number", "role", "label")
    town = next((c for c in dataset.columns if c.kind == "town"), None)
    for column in dataset.columns:
        if column.name not in rows.columns:
            empty = pl.lit(None, pl.String)
            rows = rows.with_columns(empty.alias(column.name), pl.lit(0, pl.UInt8).alias(f"{column.name}__type"))
        cells = pl.DataFrame({"raw": rows[column.name], "type": rows[f"{column.name}__type"]})
        if column.kind == "village":
            typed = _village(column, town, rows, done, context)
        else:
            typed = _values(column, cells, context, table.units.get(column.name))
        done = done.with_columns(*typed, rows[column.name].rename(f"{column.name}__raw"))
    errors = [f"{c.name}__error" for c in dataset.columns]
    required = [f"{c.name}__error" for c in dataset.required]
    done = _contradictions(dataset, done).with_columns(
        row_error=pl.coalesce(errors),
        is_bad=pl.any_horizontal(pl.col(e).is_not_null() for e in required),
    )
    assert done.height == height, "conforming must not lose or add a row"  # noqa: S101
    return done


def check_printed_totals(frame: pl.DataFrame, dataset: Dataset) -> tuple[int, int]:
    """Compare 合计, 小计 and 总计 rows of one sheet with the sums they close; returns (checked, failed) cells."""
    totals = frame.with_row_index("_i").filter(pl.col("role") == "total")
    numeric = [c.name for c in dataset.numeric_columns if f"{c.name}__parsed" in frame.columns]
    checked = failed = 0
    since = 0
    for total in totals.iter_rows(named=True):
        closes = frame.slice(since, total["_i"] - since) if total["label"] == "小计" else frame
        data = closes.filter(pl.col("role") == "data")
        for name in numeric:
            printed, wrong = total[f"{name}__parsed"], data[f"{name}__error"].is_in(["number_invalid"])
            if printed is None or (wrong & data[f"{name}__parsed"].is_null()).any():
                continue
            checked += 1
            failed += int((data[f"{name}__parsed"].sum() or 0) != printed)
        since = total["_i"] + 1
    return checked, failed
