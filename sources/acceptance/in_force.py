"""Decide which rows of a dataset and month are in force: how one delivery replaces another.

Belongs here: replacement, whole or by towns. Does not belong here: the gate's verdict, writing (``store``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from sources.conforming.delivery import ConformedDelivery
from sources.contracts.model import Column, Dataset
from sources.contracts.row_schema import shown_name
from sources.landing.settings import REPLACE_ALL, REPLACE_TOWNS
from sources.privacy.people import IDENTITY


@dataclass(frozen=True)
class InForce:
    """Rows in force: accepted columns plus the identities behind them under ``identity__<column>``."""

    rows: pl.DataFrame
    delivery_no: int = 0
    mode: str = REPLACE_ALL
    hashes: frozenset[str] = frozenset()
    """Files of the newest delivery in force, the one of that number and mode."""
    files: frozenset[int] = frozenset()
    """file_no of every file of the deliveries in force."""

    def is_same_again(self, delivery_no: int, mode: str, hashes: set[str]) -> bool:
        """True where such files are no new delivery (semantics §1).

        The same folder with another mode in its ``delivery.yaml`` is one.
        """
        return hashes <= self.hashes and (self.delivery_no != delivery_no or self.mode == mode)


def replace_rows(former: InForce | None, rows: pl.DataFrame, conformed: ConformedDelivery, dataset: Dataset) -> InForce:
    """Put a delivery in force: whole, or with ``replace_towns`` only for the towns that occur in it.

    A key that a kept town has and the new delivery brings for another town belongs to the new delivery.
    """
    new = InForce(
        rows=rows,
        delivery_no=conformed.delivery_no,
        mode=conformed.mode,
        hashes=frozenset(p.file.sha256 for p in conformed.files),
        files=frozenset(p.file.file_no for p in conformed.files),
    )
    if former is None or conformed.mode != REPLACE_TOWNS or "town_code" not in rows.columns:
        return new
    keys = [_key_name(dataset[name]) for name in dataset.key]
    kept = former.rows.filter(~pl.col("town_code").is_in(rows["town_code"].unique().implode()).fill_null(False))
    kept = kept.join(rows.select(keys), on=keys, how="anti", nulls_equal=True, maintain_order="left")
    return replace(new, rows=pl.concat([kept, rows]), files=former.files | new.files)


def _key_name(column: Column) -> str:
    if column.kind == "resident_id":
        return f"{IDENTITY}{column.name}"
    if column.semantic == "household_code":
        return "household_key"
    return shown_name(column)
