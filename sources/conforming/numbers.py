"""Conform numbers and their units, exact to the last digit (semantics §2 and §3).

Belongs here: number texts, ranges.
Does not belong here: conversions between units (``sources.units``), units in headers (``reading.header``).

Frames of cells have the shape described in ``ids``; ``parsed`` is the number before its range is checked.
"""

from __future__ import annotations

import re
from decimal import Decimal

import polars as pl

from sources.contracts.model import Column
from sources.contracts.row_schema import NUMBER as EXACT
from sources.reading.files.sheet import DATE, SCALED
from sources.units import plain_unit, power_of_ten

_FORM = r"^([+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|[+-]?\.[0-9]+)([^0-9.,+-][^0-9]*)?$"
_PLAIN = r"^[0-9]+(?:\.[0-9]+)?$"
"""A number without a sign, separators and a unit: nearly all are."""
_CURRENCY = r"(?i)^([+-]?)(?:人民币|RMB|CNY|\u{a5}):?([+-]?)"
"""In front of an amount, as a program writes a cell with the format of a currency."""
_PERIOD_IN_FRONT = "^((?:每人|每户)?每[月年])(.*[0-9].*)$"
_IN_BRACKETS = re.compile(r"\(/?每?(.{1,6})\)$")
_PERIOD = re.compile("[月年]")
_DAY, _YEAR = "^([0-9]{4})-[0-9]{2}-[0-9]{2}", "^([0-9]{4})年度?$"
MAX_DIGITS = 18
"""Most digits before the decimal point that Decimal(28, 10) can hold."""


def _shifted(numbers: pl.Series, power: int) -> pl.Series:
    """Multiply number texts by ten to the ``power``, exactly for any number of digits."""
    parts = pl.DataFrame(
        {
            "sign": numbers.str.extract("^(-?)"),
            "whole": numbers.str.extract(r"^-?([0-9]*)"),
            "rest": numbers.str.extract(r"\.([0-9]+)$").fill_null(""),
        }
    )
    if power >= 0:
        rest = pl.col("rest").str.pad_end(power, "0")
        parts = parts.with_columns(whole=pl.col("whole") + rest.str.head(power), rest=rest.str.slice(power))
    else:
        whole = pl.col("whole").str.pad_start(-power, "0")
        parts = parts.with_columns(whole=whole.str.head(power), rest=whole.str.tail(-power) + pl.col("rest"))
    return parts.select(pl.concat_str("sign", pl.lit("0"), "whole", pl.lit("."), "rest", pl.lit("0"))).to_series()


def _exact(numbers: pl.Series, power: int) -> pl.Series:
    """Multiply number texts by ten to the ``power``; null if a result has too many digits."""
    shifted = _shifted(numbers, power) if power else numbers
    digits = shifted.str.extract(r"^-?0*([0-9]*)").str.len_chars()
    return shifted.set(digits > MAX_DIGITS, None).cast(EXACT, strict=False)


def _parse(texts: pl.Series, column: Column, header_unit: str | None, rate: str) -> pl.Series:
    """Parse exact numbers in the contract's unit, rounded half to even at the tenth decimal; null if not a number."""
    usual = header_unit or column.unit or ""
    if texts.str.contains(_PLAIN).all():
        power = _power(usual, column, header_unit, rate)
        return pl.Series([None], dtype=EXACT).new_from_index(0, len(texts)) if power is None else _exact(texts, power)
    number = texts.str.extract(_FORM, 1).str.replace_all(",", "").str.strip_prefix("+")
    units = texts.str.extract(_FORM, 2).fill_null(usual)
    parsed = pl.Series([None], dtype=EXACT).new_from_index(0, len(number))
    for unit in units.unique():
        power = _power(str(unit), column, header_unit, rate)
        if power is None:
            continue
        parsed = _exact(number, power).zip_with((units == unit).fill_null(False), parsed)
    return parsed


def _power(text: str, column: Column, header_unit: str | None, rate: str) -> int | None:
    """Return the power of ten that converts a unit behind a number to the contract's; None if none does.

    A period without a unit (436.5/月) is that of the header's or the contract's unit. Only with a period do people
    write behind a number what each amount of the table is for (元/人/月): without one, 元/人 may be a quotient.
    """
    unit = _IN_BRACKETS.sub(r"/\1", text.rstrip("\u3002;,")).replace("圆", "元")
    if unit.startswith(("/", "每")):
        unit = (header_unit or column.unit or "") + unit
    plain = plain_unit(unit, column.period, column.unit, rate if _PERIOD.search(unit) else "")
    return 0 if plain == (column.unit or "") else power_of_ten(plain, column.unit)


def _plain_texts(cells: pl.DataFrame, column: Column) -> pl.Series:
    """Take the currency off that is in front of an amount, and put a period that is in front behind it.

    The year of a date cell counts in a column of years: its number format may show nothing else.
    """
    texts = cells["text"]
    if column.is_year:
        year = texts.str.extract(_DAY, 1)
        return texts.zip_with((cells["type"] != DATE) | year.is_null(), year).str.replace(_YEAR, "$1")
    if (column.unit or "").endswith("元") and texts.str.contains("^[^0-9]").any():
        texts = texts.str.replace(_PERIOD_IN_FRONT, "$2$1").str.replace(_CURRENCY, "$1$2")
    return texts


def _is_without_unit(cells: pl.DataFrame) -> pl.Series:
    """Match figures that a number format scales without naming a unit: nobody can tell which the figure has."""
    return (cells["type"] == SCALED) & cells["text"].str.extract(_FORM, 2).is_null()


def conform_numbers(
    cells: pl.DataFrame, column: Column, header_unit: str | None = None, rate: str = ""
) -> pl.DataFrame:
    """Conform numbers to the contract's unit; ``value`` is Decimal(28, 10), or Int64 for an integer column.

    ``rate`` is what one amount of the table is for: 人, 户 or nothing.
    """
    may_be_scaled = header_unit is None and bool((cells["type"] == SCALED).any())
    is_scaled = _is_without_unit(cells) if may_be_scaled else None
    return _judged(_parse(_plain_texts(cells, column), column, header_unit, rate), is_scaled, column)


def conform_figures(figures: pl.Series, column: Column) -> pl.DataFrame:
    """Conform the integers or decimals of a typed original, in the contract's unit, as ``conform_numbers`` does texts.

    A decimal is rounded half to even at the tenth place.
    """
    return _judged(figures.cast(EXACT, strict=False), None, column)


def _judged(parsed_numbers: pl.Series, is_scaled: pl.Series | None, column: Column) -> pl.DataFrame:
    """Check the range of parsed numbers, and that they are whole in an integer column."""
    parsed = pl.col("parsed")
    is_wrong = parsed.is_null()
    if column.kind == "integer":
        is_wrong = is_wrong | (parsed != parsed.cast(pl.Int64, strict=False).cast(EXACT))
    low = pl.lit(False) if column.minimum is None else parsed < Decimal(str(column.minimum))
    high = pl.lit(False) if column.maximum is None else parsed > Decimal(str(column.maximum))
    error: pl.Expr = (
        pl.when(is_wrong).then(pl.lit("number_invalid"))
        .when(low | high).then(pl.lit("out_of_range"))
    )  # fmt: skip
    frame = pl.DataFrame({"parsed": parsed_numbers})
    if is_scaled is not None:
        frame = frame.with_columns(parsed=pl.when(~is_scaled).then("parsed"))
        error = pl.when(is_scaled).then(pl.lit("format_misleading")).otherwise(error)
    frame = frame.with_columns(error=error)
    value: pl.Expr = pl.when(pl.col("error").is_null()).then(parsed)
    if column.kind == "integer":
        value = value.cast(pl.Int64, strict=False)
    return frame.select(value=value, error="error", parsed=parsed)
