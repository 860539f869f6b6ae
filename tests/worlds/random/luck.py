"""Chance by table and column: a table or column that is added changes no cell of the others.

Belongs here: seeded sources. Does not belong here: what is drawn.
"""

from __future__ import annotations

from random import Random

from tests.oracle.columns import Dataset

UNFILLED = 0.08


class Luck:
    """A source of chance for every column of a place, such as a table in a month."""

    def __init__(self, *place: object) -> None:
        self.place = "|".join(map(str, place))
        self.sources: dict[str, Random] = {}

    def __getitem__(self, column: str) -> Random:
        """The column's source; that of the whole place is named ``row``."""
        return self.sources.setdefault(column, Random(f"{self.place}|{column}"))

    def unfilled(self, dataset: Dataset) -> set[str]:
        """The optional columns that nobody fills in this table."""
        optional = [c for c in dataset.columns if not c.required and c.kind not in ("town", "village")]
        free = [c.name for c in optional if all(rule.kind != "when" for rule in c.rules)]
        return {name for name in free if self[f"{name} at all"].random() < UNFILLED}
