"""Numbers and their units, exact to the last digit (semantics §2 and §3).

Belongs here: number texts, the units that convert, ranges. Does not belong here: which header names which unit.
Frames of distinct cells in and out as in ``ids``; ``parsed`` is the number before its range is checked.
"""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from sources.accepted import NUMBER as EXACT
from sources.contract import Column

_SCALES: tuple[dict[str, int], ...] = (
    {"元": 0, "千元": 3, "万元": 4},
    {"米": 0, "公里": 3},
    {"人": 0, "万人": 4},
)
_FORM = r"^([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|[+-]?\.\d+)([^\d.,+-]\D*)?$"
MAX_DIGITS = 18


def power_of_ten(unit: str, own: str | None) -> int | None:
    """The power of ten that turns a figure in ``unit`` into the contract's ``own`` unit; None where it does not convert."""
    if unit == own:
        return 0
    for scale in _SCALES:
        if unit in scale and own in scale:
            return scale[unit] - scale[own]
    return None


def _shifted(numbers: pl.Series, power: int) -> pl.Series:
    """Exact decimals of number texts times ten to the power; only conversions pay for Python decimals."""
    if power == 0:
        return numbers.cast(EXACT, strict=False)
    quantum = Decimal(1).scaleb(-EXACT.scale)
    exact = [Decimal(text).scaleb(power).quantize(quantum) for text in numbers]
    return pl.Series(exact, dtype=EXACT)


def _parse(cells: pl.DataFrame, column: Column, header_unit: str | None) -> pl.DataFrame:
    frame = cells.with_row_index("_i").with_columns(
        _number=pl.col("text").str.extract(_FORM, 1).str.replace_all(",", "").str.replace(r"^\+", ""),
        _unit=pl.col("text").str.extract(_FORM, 2).fill_null(header_unit or column.unit or ""),
    )
    whole = pl.col("_number").str.extract(r"^-?(\d*)", 1).str.strip_chars_start("0").str.len_chars()
    frame = frame.filter(pl.col("_number").is_not_null(), whole <= MAX_DIGITS - 4)
    parts = []
    for (unit,), part in frame.group_by("_unit"):
        power = 0 if unit == (column.unit or "") else power_of_ten(str(unit), column.unit)
        if power is not None:
            parts.append(part.select("_i", parsed=_shifted(part["_number"], power)))
    empty = pl.DataFrame(schema={"_i": pl.UInt32, "parsed": EXACT})
    return cells.with_row_index("_i").join(pl.concat([empty, *parts]), on="_i", how="left", maintain_order="left")


def conform_numbers(cells: pl.DataFrame, column: Column, header_unit: str | None = None) -> pl.DataFrame:
    """Read numbers in the contract's unit; ``value`` is Decimal(28, 10), or Int64 for an integer column."""
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
    frame = _parse(cells, column, header_unit).with_columns(error=error)
    value: pl.Expr = pl.when(pl.col("error").is_null()).then(parsed)
    if column.kind == "integer":
        value = value.cast(pl.Int64, strict=False)
    return frame.select("text", "type", value=value, error="error", parsed=parsed)
