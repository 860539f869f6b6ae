"""Invent identity numbers: resident ids that are valid by GB 11643, phone and account numbers."""

from __future__ import annotations

import numpy as np
import polars as pl

_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECK = pl.Series([*"10X98765432"])
PER_DAY = 500
"""Number of order codes per birth date and sex: three digits, odd for men."""


def with_check_digit(bodies: pl.Series) -> pl.Series:
    """Append the check digit to 17 digits (ISO 7064 MOD 11-2)."""
    digits = np.frombuffer("".join(bodies.to_list()).encode(), dtype=np.uint8).reshape(-1, 17) - ord("0")
    return bodies + _CHECK.gather(digits.astype(np.int64) @ _WEIGHTS % 11)


def resident_ids(
    regions: pl.Series, births: pl.Series, men: np.ndarray, first: int = 0, room: int = PER_DAY
) -> pl.Series:
    """Generate unique ids from region (6 digits), birth date and sex, with order codes ``first`` to ``first + room``.

    Raises ValueError if more than ``room`` people share a birth date and sex.
    """
    frame = pl.DataFrame({"region": regions, "birth": births, "man": men})
    rank = frame.select(pl.int_range(pl.len()).over("birth", "man"))["literal"].to_numpy()
    if len(rank) and rank.max() >= room:
        raise ValueError(f"同一天出生的同性别人口超过 {room} 人,身份证号不够用;请减少户数。")
    scattered = births.to_physical().to_numpy().astype(np.int64) * 37 % room
    order = (first + (rank + scattered) % room) * 2 + men
    return with_check_digit(
        frame.select(
            pl.col("region") + pl.col("birth").dt.strftime("%Y%m%d") + pl.Series(order).cast(pl.String).str.zfill(3)
        ).to_series()
    )


def phones(luck: pl.Expr) -> pl.Expr:
    """Generate mobile numbers in 12…, a range that no carrier has."""
    return "12" + (luck * 999_999_937).cast(pl.Int64).cast(pl.String).str.zfill(9)


def accounts(luck: pl.Expr) -> pl.Expr:
    """Generate account numbers of 19 digits that begin with 6299, a prefix that no bank has."""
    return "6299" + (luck * 999_999_999_999_989).cast(pl.Int64).cast(pl.String).str.zfill(15)
