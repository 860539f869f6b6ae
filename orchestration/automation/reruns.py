"""Find the months that must run again because an earlier one changed (semantics §10)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from sources.acceptance.provenance import Change, changes, computed_from, computed_months, inputs_of
from sources.contracts.model import Contracts
from sources.home import Home
from sources.months import Month


@dataclass(frozen=True)
class Outdated:
    """A published month and what changed since it was computed."""

    month: Month
    changes: tuple[Change, ...]

    @property
    def is_because_of_earlier_months(self) -> bool:
        """Return True if an earlier month changed; a change of its own is left to the run that took it in."""
        return any(c.month < self.month for c in self.changes)

    @property
    def digest(self) -> str:
        """Digest the changes; equal changes have equal digests."""
        return hashlib.sha256(repr(self.changes).encode()).hexdigest()


def outdated(home: Home, contracts: Contracts) -> Iterator[Outdated]:
    """Yield the published months whose inputs have changed since they were computed, in order."""
    months = computed_months(home)
    everything = inputs_of(home, contracts, months[-1]) if months else {}
    for month in months:
        now = {key: one for key, one in everything.items() if key[0] <= month}
        if different := changes(computed_from(home, month) or {}, now):
            yield Outdated(month, tuple(different))


def later_than(home: Home, contracts: Contracts, month: Month) -> list[Month]:
    """List the published months after ``month`` that must run again, in order."""
    found = outdated(home, contracts)
    return [o.month for o in found if o.month > month and o.is_because_of_earlier_months]


def earlier_than(home: Home, contracts: Contracts, month: Month) -> list[Month]:
    """List the published months before ``month`` that must run first, in order: it looks back on them."""
    return [o.month for o in outdated(home, contracts) if o.month < month]


def next_outdated(home: Home, contracts: Contracts) -> Outdated | None:
    """Return the first month that must run again; None if an earlier one still needs a run of its own."""
    first = next(outdated(home, contracts), None)
    return first if first and first.is_because_of_earlier_months else None
