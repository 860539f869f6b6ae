"""Represent the reported month: parsing, arithmetic, first and last day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

_FORM = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month, written ``2021-06``."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Month:
        """Parse a month written as ``YYYY-MM``.

        Raises ValueError for any other text.
        """
        match = _FORM.fullmatch(text)
        if not match:
            raise ValueError(f"not a month: {text!r}, expected YYYY-MM, for instance 2021-06")
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    def shift(self, months: int) -> Month:
        """Return the month that is ``months`` later, or earlier if negative."""
        index = self.year * 12 + self.number - 1 + months
        return Month(index // 12, index % 12 + 1)

    @property
    def first_day(self) -> date:
        """The first day of the month."""
        return date(self.year, self.number, 1)

    @property
    def last_day(self) -> date:
        """The last day of the month."""
        return self.shift(1).first_day - timedelta(days=1)
