"""Dates and months as offices write them (semantics §3).

Belongs here: accepted forms and their error codes. Does not belong here: which date places a row in time.
Frames of distinct cells in and out as in ``ids``; dates need ``raw`` (the text before white space is removed) too.
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from sources.readers.sheet import NUMBER

EARLIEST = date(1900, 1, 1)
LATEST_AFTER_MONTH_END = timedelta(days=31)
_MIDNIGHT = r"[\sT]+0{1,2}:00(:00(\.0+)?)?\s*$"
_DAY_FORMS = (
    r"^(\d{4})-(\d{1,2})-(\d{1,2})$",
    r"^(\d{4})/(\d{1,2})/(\d{1,2})$",
    r"^(\d{4})\.(\d{1,2})\.(\d{1,2})$",
    r"^(\d{4})年(\d{1,2})月(\d{1,2})日$",
    r"^(\d{4})(\d{2})(\d{2})$",
)
_MONTH_FORMS = (r"^(\d{4})[-/.](\d{1,2})$", r"^(\d{4})年(\d{1,2})月$", r"^(\d{4})(\d{2})$")
_INCOMPLETE = r"^\d{4}([-/.]\d{1,2}|年\d{1,2}月?)$|^(19|20)\d{2}(0[1-9]|1[0-2])$"
_SERIAL = r"^\d{5}$"


def _digits(text: pl.Expr, forms: tuple[str, ...], group: int) -> pl.Expr:
    return pl.coalesce(text.str.extract(form, group) for form in forms).str.zfill(2)


def _day(text: pl.Expr) -> pl.Expr:
    parts = [_digits(text, _DAY_FORMS, group) for group in (1, 2, 3)]
    return pl.concat_str(parts, separator="-").str.to_date("%Y-%m-%d", strict=False)


def _serial(text: pl.Expr) -> pl.Expr:
    """The day of an Excel serial number; 1 is 1900-01-01 and 60 the day that never was."""
    number = text.str.extract(r"^(\d{1,7})$").cast(pl.Int32)
    base = pl.when(number < 60).then(pl.lit(date(1899, 12, 31))).otherwise(pl.lit(date(1899, 12, 30)))
    return pl.when(number > 0, number != 60).then(base + pl.duration(days=number))


def _any_day(is_number: pl.Expr) -> pl.Expr:
    text = pl.col("_date")
    serial = pl.when(is_number | text.str.contains(_SERIAL)).then(_serial(text))
    return pl.coalesce(_day(text), serial)


def _without_midnight(cells: pl.DataFrame) -> pl.DataFrame:
    text = pl.col("raw").str.normalize("NFKC").str.replace(_MIDNIGHT, "").str.replace_all(r"\s", "")
    was_midnight = pl.col("raw").str.contains(_MIDNIGHT)
    return cells.with_columns(_date=pl.when(was_midnight).then(text).otherwise("text"))


def conform_dates(cells: pl.DataFrame, month_end: date) -> pl.DataFrame:
    """Read dates; those before 1900 or more than 31 days after the month's end are out of range."""
    is_number = pl.col("type") == NUMBER
    found = _without_midnight(cells).with_columns(_day=_any_day(is_number))
    latest = month_end + LATEST_AFTER_MONTH_END
    error = (
        pl.when(pl.col("_date").str.contains(_INCOMPLETE)).then(pl.lit("date_incomplete"))
        .when(pl.col("_day").is_null()).then(pl.lit("date_invalid"))
        .when(~pl.col("_day").is_between(EARLIEST, latest)).then(pl.lit("date_out_of_range"))
    )  # fmt: skip
    return found.with_columns(error=error).select(
        "text", "type", value=pl.when(pl.col("error").is_null()).then("_day"), error="error"
    )


def conform_months(cells: pl.DataFrame) -> pl.DataFrame:
    """Read months, or any full date, as YYYY-MM; a numeric cell with a fraction is no month (2021.1 may be October)."""
    text = pl.col("_date")
    is_number = pl.col("type") == NUMBER
    has_fraction = is_number & pl.col("text").str.contains(".", literal=True)
    parts = [_digits(text, _MONTH_FORMS, group) for group in (1, 2)]
    month = (pl.concat_str(parts, separator="-") + "-01").str.to_date("%Y-%m-%d", strict=False)
    value = pl.when(~has_fraction).then(pl.coalesce(month, _any_day(is_number)).dt.strftime("%Y-%m"))
    return (
        _without_midnight(cells)
        .with_columns(value=value)
        .select("text", "type", "value", error=pl.when(pl.col("value").is_null()).then(pl.lit("month_invalid")))
    )
