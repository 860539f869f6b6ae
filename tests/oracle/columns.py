"""The shape of tables: datasets, columns, and what a row must keep.

Belongs here: plain records. Does not belong here: where they are declared (``catalogue``, ``document``), cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class RowRule:
    """What a cell must keep beside another cell of its row.

    ``kind``: not_before (a date), not_above (a number), when (filled if the other cell has the value).
    """

    kind: str
    other: str
    value: str | None = None


@dataclass(frozen=True)
class Column:
    name: str
    kind: str
    semantic: str | None
    required: bool
    headers: tuple[str, ...]
    values: tuple[str, ...]
    unit: str | None
    minimum: Decimal | None
    maximum: Decimal | None
    latest: date | None = None
    """The last day that is taken, in place of month end + 31 days."""
    rules: tuple[RowRule, ...] = ()


@dataclass(frozen=True)
class Dataset:
    department: str
    name: str
    keywords: tuple[str, ...]
    cadence: str
    is_core: bool
    is_snapshot: bool
    may_be_empty: bool
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    is_expected_from_first: bool = False
    """Expected of its department only from the first month for which it was received."""
    is_late_only_taken: bool = False
    """An increment whose dates may all be of other months."""

    def has(self, column_name: str) -> bool:
        return any(c.name == column_name for c in self.columns)

    def column(self, name: str) -> Column:
        return next(c for c in self.columns if c.name == name)

    @property
    def event_date(self) -> str | None:
        """The first required date column of an increment."""
        if self.is_snapshot:
            return None
        return next((c.name for c in self.columns if c.kind == "date" and c.required), None)
