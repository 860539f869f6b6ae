"""The dated categories of monitored households: which words a list may use in a month.

Belongs here: reading the catalogue, and the words of a month.
Does not belong here: which category a word counts as (dbt, ``int_category_words``), other lists of values (contracts).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from sources.months import Month

CATEGORIES_CSV = Path(__file__).with_name("category_schemes.csv")


@dataclass(frozen=True)
class Category:
    """One row of the catalogue: a category by the words of a period, half open."""

    code: str
    name: str
    role: str
    synonyms: tuple[str, ...]
    parent: str
    valid_from: date
    valid_to: date | None

    @property
    def words(self) -> tuple[str, ...]:
        """Every word for it, the name first."""
        return (self.name, *self.synonyms)

    def is_valid(self, day: date) -> bool:
        """Whether the day is in its period."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True)
class Scheme:
    """The categories of all periods (semantics, categories of monitored households)."""

    categories: tuple[Category, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """Every word of any period, each once."""
        return tuple(dict.fromkeys(word for category in self.categories for word in category.words))

    def names(self, month: Month | None) -> tuple[str, ...]:
        """Return the names of the month's categories, what its lists should say; of all categories without a month."""
        named = (c for c in self.categories if month is None or c.is_valid(self._day(month)))
        return tuple(dict.fromkeys(category.name for category in named))

    def roles(self, month: Month) -> set[str]:
        """Return the roles that the month has a category of."""
        return {category.role for category in self.categories if category.is_valid(self._day(month))}

    def accepted(self, month: Month) -> tuple[str, ...]:
        """Return the words that count as one of the month's categories: its own, and those of its descendants."""
        return tuple(self.spoken(month))

    def spoken(self, month: Month) -> dict[str, str]:
        """Map each accepted word to the name of its category in the month: the nearest on the way to its ancestors."""
        valid = {category.code: category.name for category in self.categories if category.is_valid(self._day(month))}
        nearest: dict[str, tuple[int, str]] = {}
        for category in sorted(self.categories, key=lambda c: c.valid_from, reverse=True):
            steps = ((step, valid[code]) for step, code in enumerate(self._line(category.code)) if code in valid)
            if found := next(steps, None):
                for word in category.words:
                    nearest[word] = min(nearest.get(word, found), found, key=lambda pair: pair[0])
        return {word: nearest[word][1] for word in self.words if word in nearest}

    def _day(self, month: Month) -> date:
        """Return the day that decides: the month's last, but the first of the catalogue for the months before it."""
        return max(month.last_day, min(category.valid_from for category in self.categories))

    def _line(self, code: str) -> Iterator[str]:
        """List a category and its ancestors."""
        parents = {category.code: category.parent for category in self.categories}
        seen: set[str] = set()
        while code and code not in seen:
            seen.add(code)
            yield code
            code = parents.get(code, "")


@cache
def load_scheme(path: Path = CATEGORIES_CSV) -> Scheme:
    """Read the catalogue. Raises FileNotFoundError if it is missing, ValueError for a day that is none."""
    with path.open(encoding="utf-8", newline="") as file:
        return Scheme(tuple(_category(row) for row in csv.DictReader(file)))


def _category(row: dict[str, str]) -> Category:
    return Category(
        code=row["code"],
        name=row["name_zh"],
        role=row["role"],
        synonyms=tuple(filter(None, row["synonyms"].split("|"))),
        parent=row["parent"],
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
    )
