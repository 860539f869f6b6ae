"""Format figures as text, exact to the last digit: decimals, thousands separators, full-width digits."""

from __future__ import annotations

import polars as pl

_SCALES: tuple[dict[str, int], ...] = ({"元": 0, "千元": 3, "万元": 4}, {"米": 0, "公里": 3}, {"人": 0, "万人": 4})
_WIDE = dict(zip("0123456789.,-", "０１２３４５６７８９．，－", strict=True))


def power_between(own: str | None, written: str | None) -> int:
    """Return the power of ten that converts a figure from the contract's unit to the written unit.

    Raises ValueError if there is no conversion.
    """
    if own == written or written is None or own is None:
        return 0
    for scale in _SCALES:
        if own in scale and written in scale:
            return scale[own] - scale[written]
    raise ValueError(f"{own} does not convert to {written}")


def decimal_text(units: pl.Expr, digits: int) -> pl.Expr:
    """Format integers in units of ``10**-digits`` as decimal text: 123450 with 2 digits is 1234.5."""
    scale = int(10 ** abs(digits))
    if digits <= 0:
        return (units * scale).cast(pl.String)
    size = units.abs()
    fraction = (size % scale).cast(pl.String).str.zfill(digits).str.strip_chars_end("0")
    tail = pl.when(fraction == "").then(pl.lit("")).otherwise("." + fraction)
    return pl.when(units < 0).then(pl.lit("-")).otherwise(pl.lit("")) + (size // scale).cast(pl.String) + tail


def with_separators(text: pl.Expr) -> pl.Expr:
    """Insert commas between groups of three digits, up to nine digits before the point."""
    last = r"^(-?\d+)(\d{3})((?:,\d{3})*(?:\.\d+)?)$"
    return text.str.replace(last, "${1},${2}${3}").str.replace(last, "${1},${2}${3}")


def full_width(text: pl.Expr) -> pl.Expr:
    """Convert digits to full width, as Chinese input methods may type them."""
    return text.str.replace_many(_WIDE)
