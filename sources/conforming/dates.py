"""Conform dates and months as offices write them (semantics §3).

Belongs here: accepted forms and their error codes.
Does not belong here: choosing the event date of a dataset (the contract).

Frames of cells have the shape described in ``ids``; they also need ``raw``, the text with its white space.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import polars as pl

from sources.characters import UNSEEN
from sources.contracts.model import Column
from sources.reading.files.sheet import FIGURE, NUMBER
from sources.text_series import plain_series

EARLIEST = date(1900, 1, 1)
LATEST_AFTER_MONTH_END = timedelta(days=31)
LATEST_OF_ALL = date(2100, 12, 31)
"""Latest day of a column whose days may be far after the month, such as the end of a validity."""
_PART_OF_DAY = "(?:上午|下午|凌晨|清晨|早上|中午|傍晚|晚上|[AaPp][Mm])"
_CLOCK = r"(?:[01]?[0-9]|2[0-3]):[0-5]?[0-9](?::[0-5]?[0-9](?:[.,][0-9]+)?)?"
_SPOKEN = r"(?:[01]?[0-9]|2[0-3])[时点](?:整|半|[0-5]?[0-9]分?)?(?:[0-5]?[0-9]秒)?"
_HERE = r"(?:\s*(?:\+08(?::?00)?|CST|北京时间))?"
"""The time zone of China; the day of a time in another one may be another day."""
_TIME = (
    rf"(?:[\sT_]+{_PART_OF_DAY}?\s*(?:{_CLOCK}|{_SPOKEN})(?:\s*{_PART_OF_DAY})?{_HERE}|00:00:00(?:\.0+)?)"
    rf"[\s{UNSEEN}]*$"
)
"""A time of day, which falls off. A blank must separate it from the last digit of the day, except 00:00:00."""
_WEEKDAY = r"[\s,]*\(?(?:星期|周|礼拜)[一二三四五六日天]\)?"
_END_OF_DAY = "([日号])"
_MAY_HAVE_TIME = "[^0-9./年月日号-]"
"""Signs of which a text with a time of day or a day of the week has one."""
_STAMP = r"^([0-9]{8})(?:[01][0-9]|2[0-3])[0-5][0-9](?:[0-5][0-9])?$"
"""A day with the digits of a time behind it, as programs number their documents."""
_DAY_FORMS = (
    r"^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})[日号]?$",
    r"^([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})[日号]?$",
    r"^([0-9]{4})\.([0-9]{1,2})\.([0-9]{1,2})[日号]?$",
    r"^([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})[日号]$",
    r"^([0-9]{4})([0-9]{2})([0-9]{2})$",
)
_MONTH_FORMS = (r"^([0-9]{4})[-.]([0-9]{1,2})$", r"^([0-9]{4})年([0-9]{1,2})月份?$", r"^([0-9]{4})([0-9]{2})$")
_MONTH_ONLY = (*_MONTH_FORMS, r"^([0-9]{4})/([0-9]{1,2})$")
"""Dates without a day, including 2021/5, which is not an accepted form of a month (semantics §3)."""
_SERIAL = r"^[0-9]{5}$"
_NUMERIC_SERIAL = r"^[0-9]{1,7}$"


@lru_cache(maxsize=8)
def _calendar_day(forms: tuple[str, ...]) -> pl.Expr:
    """Parse ``day`` by the first form that matches, day 1 if the form has no day; null if none matches."""
    text = pl.col("day")
    parts = [pl.coalesce(text.str.extract(form, group) for form in forms).str.zfill(2) for group in (1, 2)]
    days = [text.str.extract(form, 3).str.zfill(2) for form in forms if form.count("(") == 3] or [pl.lit("01")]
    return pl.concat_str(*parts, pl.coalesce(days), separator="-").str.to_date("%Y-%m-%d", strict=False)


def _serial(has_1904_dates: bool) -> pl.Expr:
    """Convert an Excel serial number to its day: 1 is 1900-01-01; 60 is 1900-02-29, which does not exist, so null.

    Workbooks of old Macs count from 1904-01-01, which is 0.
    """
    number = pl.col("day").str.extract(r"^([0-9]{1,7})$").cast(pl.Int32)
    if has_1904_dates:
        return pl.lit(date(1904, 1, 1)) + pl.duration(days=number)
    base = pl.when(number < 60).then(pl.lit(date(1899, 12, 31))).otherwise(pl.lit(date(1899, 12, 30)))
    return pl.when(number > 0, number != 60).then(base + pl.duration(days=number))


@lru_cache(maxsize=2)
def _any_day(has_1904_dates: bool) -> pl.Expr:
    text, kind = pl.col("day"), pl.col("type")
    # Databases count days from other days than spreadsheets do.
    is_serial = (kind != FIGURE) & text.str.contains(_SERIAL) | (kind == NUMBER) & text.str.contains(_NUMERIC_SERIAL)
    return pl.coalesce(_calendar_day(_DAY_FORMS), pl.when(is_serial).then(_serial(has_1904_dates)))


def _without_time(cells: pl.DataFrame) -> pl.DataFrame:
    """Add ``day``: the plain text without a time of day, which is searched in ``raw`` because it needs the blanks.

    Behind 日 and the day of the week no blank is needed.
    """
    if not cells["raw"].str.contains(_MAY_HAVE_TIME).any():
        return cells.with_columns(day=pl.col("text").str.replace(_STAMP, "$1"))
    raw = cells["raw"].str.normalize("NFKC")
    spaced = raw.str.replace(_WEEKDAY, " ").str.replace(_END_OF_DAY, "$1 ")
    has_time = (spaced.str.contains(_TIME) | raw.str.contains(_WEEKDAY)).fill_null(False)
    days = plain_series(spaced.str.replace(_TIME, "")) if has_time.any() else cells["text"]
    return cells.with_columns(day=pl.when(has_time).then(days).otherwise("text").str.replace(_STAMP, "$1"))


def latest_day(column: Column, month_end: date) -> date:
    """Return the latest day that a cell of the column may hold."""
    return LATEST_OF_ALL if column.may_be_future else month_end + LATEST_AFTER_MONTH_END


def conform_dates(cells: pl.DataFrame, latest: date, has_1904_dates: bool = False) -> pl.DataFrame:
    """Conform dates to Date; a date before 1900 or after ``latest`` (``latest_day``) is out of range.

    ``has_1904_dates`` says from which day the workbook counts serial numbers.
    """
    value = pl.col("value")
    found = _without_time(cells).with_columns(value=_any_day(has_1904_dates), month=_calendar_day(_MONTH_ONLY))
    error = (
        pl.when(pl.col("month").is_not_null()).then(pl.lit("date_incomplete"))
        .when(value.is_null()).then(pl.lit("date_invalid"))
        .when(_is_out_of_range(value, latest)).then(pl.lit("date_out_of_range"))
    )  # fmt: skip
    return found.select("value", error=error).with_columns(value=pl.when(pl.col("error").is_null()).then("value"))


def conform_days(days: pl.Series, latest: date) -> pl.DataFrame:
    """Conform the Date values of a typed original as ``conform_dates`` does texts: they are in range, or not."""
    error = pl.when(_is_out_of_range(pl.col("value"), latest)).then(pl.lit("date_out_of_range"))
    found = days.to_frame("value").with_columns(error=error)
    return found.with_columns(value=pl.when(pl.col("error").is_null()).then("value"))


def _is_out_of_range(day: pl.Expr, latest: date) -> pl.Expr:
    return ~day.is_between(EARLIEST, latest)


def conform_months(cells: pl.DataFrame, has_1904_dates: bool = False) -> pl.DataFrame:
    """Conform months, or full dates, to YYYY-MM; a fractional numeric cell is invalid (2021.1 may mean October)."""
    is_fraction = pl.col("type").is_in([NUMBER, FIGURE]) & pl.col("text").str.contains(".", literal=True)
    month = pl.coalesce(_calendar_day(_MONTH_FORMS), _any_day(has_1904_dates)).dt.strftime("%Y-%m")
    found = _without_time(cells).select(value=pl.when(~is_fraction).then(month))
    return found.with_columns(error=pl.when(pl.col("value").is_null()).then(pl.lit("month_invalid")))
