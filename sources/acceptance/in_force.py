"""Replace the rows in force of a dataset and month by those of the next delivery.

Belongs here: replacement, whole or by towns.
Does not belong here: the gate's verdict (``expectations``), writing (``store``).
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
    """The rows in force: accepted columns and their original identities under ``identity__<column>``."""

    rows: pl.DataFrame
    delivery_no: int = 0
    mode: str = REPLACE_ALL
    hashes: frozenset[str] = frozenset()
    """SHA-256 of the files of the newest delivery in force, to which ``delivery_no`` and ``mode`` also belong."""
    files: frozenset[int] = frozenset()
    """file_no of every file of all deliveries in force."""

    def is_same_again(self, delivery_no: int, mode: str, hashes: set[str]) -> bool:
        """Check whether the files repeat the delivery in force and thus are not a new delivery (semantics §1).

        The same folder with another mode in its ``delivery.yaml`` is a new delivery.
        """
        return hashes <= self.hashes and (self.delivery_no != delivery_no or self.mode == mode)


def replace_rows(former: InForce | None, rows: pl.DataFrame, conformed: ConformedDelivery, dataset: Dataset) -> InForce:
    """Replace the former rows by a delivery: all of them, or with ``replace_towns`` those of the delivery's towns.

    A former row of another town is also replaced if the delivery has the same key.
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
