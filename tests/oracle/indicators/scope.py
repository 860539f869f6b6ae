"""What one division can see of a month: its rows, people, households and villages.

Belongs here: which delivery counts, cumulated ledgers, places. Does not belong here: what an indicator counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from tests.oracle.catalogue import Village, datasets, last_day, vintage
from tests.oracle.counting import as_of, counted_month
from tests.oracle.households import Household, Month
from tests.oracle.reading.delivered import Row


@dataclass(frozen=True, eq=False)
class Scope:
    """One division in one month. ``level``: district, town or village."""

    of: Month
    level: str
    code: str

    @property
    def month(self) -> str:
        return self.of.month

    @property
    def last_day(self) -> date:
        return last_day(self.month)

    def as_of(self, *names: str) -> date:
        """The last day of the oldest delivery that counts among the datasets."""
        return as_of(self.of, *names)

    def holds(self, town: str | None, village: str | None) -> bool:
        """Whether something that lies there counts here."""
        if self.level == "district":
            return True
        if self.level == "town":
            return (town or (village or "")[:9]) == self.code
        return village == self.code

    def _here(self, rows: list[Row]) -> list[Row]:
        """The rows that lie here, by their own place."""
        if self.level == "village":
            # As ``holds`` says, without a call per row: nearly all divisions are villages.
            return [r for r in rows if r.values.get("village_name") == self.code]
        return [r for r in rows if self.holds(r["town_name"], r["village_name"])]

    def snapshot(self, dataset: str) -> list[Row]:
        """Rows of the delivery that counts, by their own place."""
        month = counted_month(self.of.store, dataset, self.month)
        return self._here(self.of.store.rows(dataset, month)) if month else []

    def ledger(self, dataset: str) -> list[Row]:
        """All events up to the month's last day, the newest row of each key, wherever they lie."""
        event = datasets()[dataset].event_date
        rows = self.of.store.cumulative(dataset, self.month)
        return [r for r in rows if event is None or r[event] <= self.last_day]

    def placed_ledger(self, dataset: str) -> list[Row]:
        return self._here(self.ledger(dataset))

    def household(self, code: str) -> Household | None:
        return self.of.households.get(code)

    def has_household(self, code: str) -> bool:
        """Whether a household counts here; one that is not on the register counts for the district only."""
        found = self.household(code)
        if found is None:
            return self.level == "district"
        return self.holds(found.town, found.first["village_name"])

    def households(self) -> list[Household]:
        """Households of the register, here, with somebody alive."""
        return [h for h in self.of.households.values() if h.living and self.has_household(h.code)]

    def is_registered_here(self, person: str) -> bool:
        """A living member of a registered household that is here."""
        home = self.of.home.get(person)
        return home is not None and home.is_registered and person in home.living and self.has_household(home.code)

    def villages(self, kind: str | None = None) -> list[Village]:
        """Villages and communities here; only the 行政村 with kind ``village``."""
        return [
            v
            for v in vintage(self.month)
            if v.kind != "virtual" and kind in (None, v.kind) and self.holds(v.town_code, v.code)
        ]


@cache
def divisions(month: str) -> tuple[tuple[str, str], ...]:
    """Level and code of every division of the month that is not virtual."""
    real = [v for v in vintage(month) if v.kind != "virtual"]
    found = {("district", real[0].town_code[:6])} | {("town", v.town_code) for v in real}
    return tuple(sorted(found | {("village", v.code) for v in real}))
