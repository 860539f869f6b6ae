"""Invented identity numbers: valid by GB 11643 and given to nobody on purpose.

Belongs here: resident ids, disability certificates, phone and account numbers. Does not belong here: how an office
mistypes them (``office.spoil``).
"""

from __future__ import annotations

import numpy as np
import polars as pl

_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECK = pl.Series([*"10X98765432"])
PER_DAY = 500
"""Order codes per birth date and sex: three digits, odd for men."""


def with_check_digit(bodies: pl.Series) -> pl.Series:
    """17 digits become 18 characters (ISO 7064 MOD 11-2)."""
    digits = np.frombuffer("".join(bodies.to_list()).encode(), dtype=np.uint8).reshape(-1, 17) - ord("0")
    return bodies + _CHECK.gather(digits.astype(np.int64) @ _WEIGHTS % 11)


def resident_ids(
    regions: pl.Series, births: pl.Series, men: np.ndarray, first: int = 0, room: int = PER_DAY
) -> pl.Series:
    """Ids from region (6 digits), birth date and sex, unique within the order codes ``first`` to ``first + room``.

    Raises ValueError where more people share a birth date and sex than there is room.
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
    """Mobile-like numbers in 12…, a range that no carrier was given."""
    return "12" + (luck * 999_999_937).cast(pl.Int64).cast(pl.String).str.zfill(9)


def accounts(luck: pl.Expr) -> pl.Expr:
    """Account-like numbers of 19 digits that begin with 6299, no bank's."""
    return "6299" + (luck * 999_999_999_999_989).cast(pl.Int64).cast(pl.String).str.zfill(15)
