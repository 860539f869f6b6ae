"""Conform numbers and their units, exact to the last digit (semantics §2 and §3).

Belongs here: number texts, ranges.
Does not belong here: conversions between units (``sources.units``), units in headers (``reading.header``).

Frames of cells have the shape described in ``ids``; ``parsed`` is the number before its range is checked.
"""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from sources.contracts.model import Column
from sources.contracts.row_schema import NUMBER as EXACT
from sources.reading.files.sheet import SCALED
from sources.units import plain_unit, power_of_ten, without_period

_FORM = r"^([+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|[+-]?\.[0-9]+)([^0-9.,+-][^0-9]*)?$"
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


def _parse(cells: pl.DataFrame, column: Column, header_unit: str | None) -> pl.Series:
    """Parse exact numbers in the contract's unit, rounded half to even at the tenth decimal; null if not a number."""
    number = cells["text"].str.extract(_FORM, 1).str.replace_all(",", "").str.strip_prefix("+")
    units = cells["text"].str.extract(_FORM, 2).fill_null(header_unit or column.unit or "")
    scaled = units.filter(cells["type"] == SCALED).unique()
    if len(scaled):
        # A number format names its unit as a header does: 万 is 万元.
        plain_units = [plain_unit(unit, column.label, column.unit) for unit in scaled]
        units = units.zip_with(cells["type"] != SCALED, units.replace(scaled, pl.Series(plain_units)))
    parsed = pl.Series([None], dtype=EXACT).new_from_index(0, len(number))
    for unit in units.unique():
        plain = without_period(str(unit), column.label)
        power = 0 if plain == (column.unit or "") else power_of_ten(plain, column.unit)
        if power is None:
            continue
        shifted = _shifted(number, power) if power else number
        digits = shifted.str.extract(r"^-?0*([0-9]*)").str.len_chars()
        exact = shifted.set(digits > MAX_DIGITS, None).cast(EXACT, strict=False)
        parsed = exact.zip_with((units == unit).fill_null(False), parsed)
    return parsed


def _is_without_unit(cells: pl.DataFrame) -> pl.Series:
    """Match figures that a number format scales without naming a unit: nobody can tell which the figure has."""
    return (cells["type"] == SCALED) & cells["text"].str.extract(_FORM, 2).is_null()


def conform_numbers(cells: pl.DataFrame, column: Column, header_unit: str | None = None) -> pl.DataFrame:
    """Conform numbers to the contract's unit; ``value`` is Decimal(28, 10), or Int64 for an integer column."""
    parsed = pl.col("parsed")
    is_wrong = parsed.is_null()
    if column.kind == "integer":
        is_wrong = is_wrong | (parsed != parsed.cast(pl.Int64, strict=False).cast(EXACT))
    low = pl.lit(False) if column.minimum is None else parsed < Decimal(str(column.minimum))
    high = pl.lit(False) if column.maximum is None else parsed > Decimal(str(column.maximum))
    error = (
        pl.when(is_wrong).then(pl.lit("number_invalid"))
        .when(low | high).then(pl.lit("out_of_range"))
    )  # fmt: skip
    is_scaled = _is_without_unit(cells) if header_unit is None else pl.repeat(False, cells.height, eager=True)
    frame = pl.DataFrame({"parsed": _parse(cells, column, header_unit), "is_scaled": is_scaled})
    frame = frame.with_columns(parsed=pl.when(~pl.col("is_scaled")).then("parsed"))
    frame = frame.with_columns(error=pl.when("is_scaled").then(pl.lit("format_misleading")).otherwise(error))
    value: pl.Expr = pl.when(pl.col("error").is_null()).then(parsed)
    if column.kind == "integer":
        value = value.cast(pl.Int64, strict=False)
    return frame.select(value=value, error="error", parsed=parsed)
