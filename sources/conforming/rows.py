"""Conform a whole table: typed values and error codes per cell, an error code per row.

Belongs here: dispatching kinds to their modules, errors that need two columns, the error of a row.
Does not belong here: duplicates (they span files; ``delivery``), printed totals, the rules of a kind.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from sources.conforming.context import Context
from sources.conforming.dates import conform_dates, conform_months, latest_day
from sources.conforming.ids import birth_month_of, conform_certificates, conform_ids, sex_of
from sources.conforming.numbers import conform_numbers
from sources.conforming.places import conform_towns, conform_villages
from sources.conforming.row_rules import lacks_required, with_row_rules
from sources.conforming.typed import conform_typed
from sources.conforming.words import conform_list, conform_text, conform_yes_or_no
from sources.contracts.model import Column, Dataset
from sources.reading.files.sheet import TEXT, UNCLEAR, UNCOMPUTED
from sources.reading.lines import NOTHING
from sources.reading.table import Table
from sources.reading.totals import TOTAL_WORDS
from sources.text import DAMAGED_CHARACTER
from sources.text_series import repeats_itself

_MISSING_WORDS = ("无", "NULL")
_EMPTY_REFERENCE = r"^(?:1900[-/.年]0?1[-/.月]0?0日?|1899[-/.年]12[-/.月]30日?)?(?:0?0:00(?::00(?:\.0+)?)?)?$"
"""Day 0, as Excel, WPS and databases show it: a formula that names an empty cell, in a column of dates."""
_ERROR = r"^(?:#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|[A-Z_]+[!?]|GETTING_DATA|#+)|Err:[0-9]{3})$"
"""A cell that shows an error, also of LibreOffice, or #### because its column was too narrow when it was exported."""
_FORMULA = r"^=[A-Za-z0-9('\"{$+-]"
"""The text of a formula, which a program exported in place of its value."""
_QUOTE, _CODE = "\"'`\u00b4\u2018\u2019\u201c\u201d", "[0-9A-Za-z_-]*[0-9][0-9A-Za-z_-]*"
_MAY_FAULT = f"^[#E=]|[{DAMAGED_CHARACTER}{_QUOTE}]"
"""Texts of which some show no value (``_fault``)."""
_QUOTED_CODE = rf"^[{_QUOTE}]+{_CODE}[{_QUOTE}]*$|^{_CODE}[{_QUOTE}]+$"
"""A code with quotes, which a careless export left."""


def _present(column: Column) -> pl.Expr:
    """Select the plain texts of one column; null where the cell is missing."""
    words = () if column.kind in ("text", "yes_or_no") else tuple(w for w in _MISSING_WORDS if w not in column.values)
    missing = NOTHING + words
    text = pl.col(f"{column.name}__text")
    is_missing = text.is_in(missing)
    if column.kind in ("date", "month"):
        is_missing |= text.str.contains(_EMPTY_REFERENCE)
    return pl.when(~is_missing).then(text)


def _cells(column: Column, rows: pl.DataFrame) -> pl.DataFrame:
    """Select the cells of one column: raw (dates and months only), text (plain; null where missing), type."""
    needed = {"raw": column.name} if column.kind in ("date", "month") else {}
    parts = needed | {"text": f"{column.name}__text", "type": f"{column.name}__type"}
    return pl.DataFrame([rows[name].alias(part) for part, name in parts.items()])


def _conform_distinct(cells: pl.DataFrame, conform: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.DataFrame:
    """Conform each cell, once per distinct cell if cells repeat."""
    if not repeats_itself(cells["text"]):
        return conform(cells)
    keys = [name for name in cells.columns if name != "type" or cells[name].n_unique() > 1]
    distinct = cells.unique(keys, maintain_order=True)
    conformed = pl.concat([distinct.select(keys), conform(distinct)], how="horizontal")
    return cells.join(conformed, on=keys, how="left", nulls_equal=True, maintain_order="left")


def _conform_kind(column: Column, cells: pl.DataFrame, context: Context, table: Table, rate: str) -> pl.DataFrame:
    """Conform cells by the rules of the column's kind; villages also need their towns (``_village``)."""
    month_end, has_1904_dates = context.month.last_day, table.has_1904_dates
    match column.kind:
        case "resident_id":
            return conform_ids(cells, month_end)
        case "certificate":
            return conform_certificates(cells, month_end)
        case "date":
            return conform_dates(cells, latest_day(column, month_end), has_1904_dates)
        case "month":
            return conform_months(cells, has_1904_dates)
        case "number" | "integer":
            return conform_numbers(cells, column, table.units.get(column.name), rate)
        case "yes_or_no":
            return conform_yes_or_no(cells)
        case "list":
            return conform_list(cells, column, context.month)
        case "town":
            return conform_towns(cells, context.vintage)
        case _ if column.semantic == "lead_id":
            return conform_text(cells).with_columns(pl.col("value").replace(dict(context.lead_ids)))
        case _:
            return conform_text(cells)


def _values(
    column: Column, table: Table, rows: pl.DataFrame, context: Context, rate: str, may_fault: bool
) -> list[pl.Series]:
    cells = _cells(column, rows)
    conformed = conform_typed(column, table, rows, context.month.last_day)
    if conformed is None:
        conformed = _conform_distinct(cells, lambda cells: _conform_kind(column, cells, context, table, rate))
    return _named(column, conformed, cells, may_fault)


def _named(column: Column, conformed: pl.DataFrame, cells: pl.DataFrame, may_fault: bool) -> list[pl.Series]:
    """Name the results after the column; a missing cell, or one that shows no value, has none.

    A missing cell is an error only if the column is required. ``may_fault`` says that cells may show no value.
    """
    names = {"value": column.name, "error": f"{column.name}__error", "parsed": f"{column.name}__parsed"}
    names = {source: name for source, name in names.items() if source in conformed.columns}
    if not may_fault and not cells["text"].null_count():
        return [conformed[source].alias(name) for source, name in names.items()]
    conformed = conformed.select(*names).hstack([cells["text"], cells["type"]])
    missing = pl.lit("required_missing" if column.required else None, pl.String)
    is_missing, fault = pl.col("text").is_null(), pl.lit(None, pl.String)
    if may_fault:
        conformed, fault = conformed.with_columns(fault=_fault(column)), pl.col("fault")
    named = conformed.select(
        pl.when(is_missing)
        .then(missing if source == "error" else None)
        .when(fault.is_not_null())
        .then(fault if source == "error" else None)
        .otherwise(source)
        .alias(name)
        for source, name in names.items()
    )
    return named.get_columns()


def _faulty(rows: pl.DataFrame, dataset: Dataset) -> set[str]:
    """Name the columns of which a cell may show no value (``_fault``); few have such a cell."""
    texts, types = ([f"{c.name}__{part}" for c in dataset.columns] for part in ("text", "type"))
    codes = [f"{c.name}__text" for c in dataset.columns if _is_code(c)]
    found = rows.select(
        pl.col(texts).str.contains(_MAY_FAULT).any(),
        pl.col(types).is_in([UNCOMPUTED, UNCLEAR]).any(),
        *(pl.col(name).str.contains(TOTAL_WORDS).any().alias(f"{name}__total") for name in codes),
    ).row(0, named=True)
    return {name.partition("__")[0] for name, is_found in found.items() if is_found}


def _is_code(column: Column) -> bool:
    is_key = column.key_position is not None or column.semantic == "household_code"
    return column.kind == "text" and is_key


def _fault(column: Column) -> pl.Expr:
    """Return the error of a cell that shows no value, whatever its column should hold; else null.

    Any text would be accepted as a text or a code, so those are searched for what an export adds to them. A code with a
    word such as 合计 is the label of a printed total that nothing else has told: a sum of all rows must never pass for
    one of them.
    """
    text, kind = pl.col("text"), pl.col("type")
    faults = [
        (text.str.contains(_ERROR), "cell_error"),
        (kind == UNCOMPUTED, "formula_uncomputed"),
        (kind == UNCLEAR, "format_misleading"),
        (text.str.contains(DAMAGED_CHARACTER, literal=True), "text_damaged"),
    ]
    if column.kind == "text":
        faults.append((text.str.contains(_FORMULA), "formula_uncomputed"))
    if _is_code(column):
        faults += [
            (text.str.contains(_QUOTED_CODE), "text_damaged"),
            (text.str.contains(TOTAL_WORDS), "total_as_key"),
        ]
    return pl.coalesce(pl.when(is_fault).then(pl.lit(code)) for is_fault, code in faults)


def _village(
    column: Column,
    town: Column | None,
    rows: pl.DataFrame,
    done: dict[str, pl.Series],
    context: Context,
    may_fault: bool,
) -> list[pl.Series]:
    """Look up villages within their towns; in the whole district without a town, nowhere if the town has an error."""
    cells = _cells(column, rows)
    code = done[town.name].alias("town_code") if town else pl.lit(None, pl.String).alias("town_code")
    is_lost = done[f"{town.name}__error"].is_not_null().alias("is_lost") if town else pl.lit(False).alias("is_lost")
    places = cells.select("text").with_columns(code, is_lost)
    distinct = places.unique(maintain_order=True)
    conformed = pl.concat([distinct, conform_villages(distinct, context.vintage)], how="horizontal")
    conformed = conformed.with_columns(
        value=pl.when(~pl.col("is_lost")).then("value"),
        error=pl.when("is_lost").then(pl.lit("division_unknown")).otherwise("error"),
    )
    found = places.join(conformed, on=places.columns, how="left", nulls_equal=True, maintain_order="left")
    return _named(column, found.select("value", "error"), cells, may_fault)


def _contradictions(dataset: Dataset, frame: pl.DataFrame) -> pl.DataFrame:
    """Record cells that contradict the id of their row, without changing them (semantics §3)."""
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

    Returns row_number, role, label, section and sheet_columns (see ``Table``), and per contract column ``<name>``
    (typed), ``<name>__error``, ``<name>__raw`` (text as delivered), for numbers ``<name>__parsed``, for columns
    compared with the id ``<name>__note``; also ``row_error`` (the first error code in contract order) and ``is_bad`` (a
    column that the row cannot do without has an error).
    """
    rows = _with_all_columns(table.rows, dataset)
    raw = {c.name: rows[c.name].alias(f"{c.name}__raw") for c in dataset.columns}
    rows = rows.with_columns(_present(column) for column in dataset.columns)
    faulty = _faulty(rows, dataset)
    done = {name: rows[name] for name in ("row_number", "role", "label", "section", "sheet_columns")}
    town = next((c for c in dataset.columns if c.kind == "town"), None)
    for column in dataset.columns:
        may_fault = column.name in faulty
        if column.kind == "village":
            typed = _village(column, town, rows, done, context, may_fault)
        else:
            typed = _values(column, table, rows, context, dataset.counted, may_fault)
        done |= {series.name: series for series in (*typed, raw[column.name])}
    errors = [f"{c.name}__error" for c in dataset.columns]
    frame = with_row_rules(_contradictions(dataset, pl.DataFrame(list(done.values()))), dataset).with_columns(
        row_error=pl.coalesce(errors),
        is_bad=lacks_required(dataset),
    )
    assert frame.height == rows.height, "conforming must not lose or add a row"  # noqa: S101
    return frame


def _with_all_columns(rows: pl.DataFrame, dataset: Dataset) -> pl.DataFrame:
    """Add the columns that the header lacks, without a text."""
    absent = [c.name for c in dataset.columns if c.name not in rows.columns]
    if not absent:
        return rows
    return rows.with_columns(
        *(pl.lit(None, pl.String).alias(f"{name}{suffix}") for name in absent for suffix in ("", "__text")),
        *(pl.lit(TEXT, pl.UInt8).alias(f"{name}__type") for name in absent),
    )
