"""Address the months of a sample and the days in them.

Belongs here: month positions, and days relative to the last month ("the first day of the month before the last").
Does not belong here: the events of a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
import polars as pl

from sources.months import Month


class When(NamedTuple):
    """A day relative to the sample's last month: ``month`` 0 is the last, -1 the one before; ``day`` 31 is its end."""

    month: int
    day: int = 15


@dataclass(frozen=True)
class Calendar:
    """Consecutive months; positions start at 0."""

    months: tuple[Month, ...]

    @classmethod
    def of(cls, months: Sequence[Month]) -> Calendar:
        """Create the calendar of months, in order.

        Raises ValueError if there is no month or a gap between months: lives run through every month.
        """
        ordered = tuple(sorted(set(months)))
        if not ordered:
            raise ValueError("样例至少要有一个月份。")
        if ordered[-1] != ordered[0].shift(len(ordered) - 1):
            raise ValueError(f"样例的月份必须连续,不能有间断;现为 {'、'.join(map(str, ordered))}。")
        return cls(ordered)

    def __len__(self) -> int:
        return len(self.months)

    @property
    def last(self) -> Month:
        """The last month, in which planted cases must be found."""
        return self.months[-1]

    def month(self, offset: int) -> Month:
        """Return the month at an offset from the last one; it may be before the sample."""
        return self.last.shift(offset)

    def position(self, offset: int) -> int:
        """Return the position of the month at an offset from the last one; a month before the sample has position 0."""
        return max(0, len(self.months) - 1 + offset)

    def day(self, when: When) -> date:
        """Return the date; a day after the month's end becomes its last day."""
        month = self.month(when.month)
        return month.first_day.replace(day=min(when.day, month.last_day.day))


def days_within(rng: np.random.Generator, first: date, last: date, size: int) -> np.ndarray:
    """Draw days (datetime64[D]) from the first to the last, both inclusive."""
    start = np.datetime64(first, "D")
    return start + rng.integers(0, (np.datetime64(last, "D") - start).astype(int) + 1, size)


def days_of_year(rng: np.random.Generator, calendar: Calendar, size: int) -> np.ndarray:
    """Draw days since January of the first month's year, nine of ten in the sample's months."""
    first = calendar.months[0].first_day
    early = days_within(rng, first.replace(month=1, day=1), calendar.last.last_day, size)
    inside = days_within(rng, first, calendar.last.last_day, size)
    return np.where(rng.random(size) < 0.9, inside, early)


def position_of(day: str, calendar: Calendar) -> pl.Expr:
    """Compute the position of a day's month; a day before the sample has position 0, its first month."""
    start = calendar.months[0]
    months = (pl.col(day).dt.year() - start.year) * 12 + pl.col(day).dt.month() - start.number
    return months.clip(lower_bound=0)
