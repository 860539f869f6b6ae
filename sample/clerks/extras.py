"""Generate columns that clerks add to a table beyond the contract; most are identities that must not be published."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from sample.ids import accounts, phones

_HOUSE = "组" + (pl.col("_luck") * 400).cast(pl.Int64).cast(pl.String) + "号"


def _number(places: pl.DataFrame) -> pl.Expr:
    return pl.int_range(1, pl.len() + 1).cast(pl.String)


def _phone(places: pl.DataFrame) -> pl.Expr:
    return phones(pl.col("_luck"))


def _account(places: pl.DataFrame) -> pl.Expr:
    return accounts(pl.col("_luck"))


def _address(places: pl.DataFrame) -> pl.Expr:
    known = places.with_columns(_address=pl.col("above") + pl.col("town_name") + pl.col("village_name"))
    address = pl.col("village_name").replace_strict(
        known["village_code"], known["_address"], default=places["above"][0]
    )
    return address + _HOUSE


EXTRAS: dict[str, Callable[[pl.DataFrame], pl.Expr]] = {
    "序号": _number,
    "联系电话": _phone,
    "银行账号": _account,
    "家庭住址": _address,
}
IDENTITIES = ("联系电话", "银行账号", "家庭住址")
"""Extra columns that identify a person."""


def extra_cells(frame: pl.DataFrame, names: tuple[str, ...], places: pl.DataFrame) -> pl.DataFrame:
    """Generate the extra columns of a tidy frame as text, under their own headers."""
    return frame.select(EXTRAS[name](places).alias(name) for name in names)
