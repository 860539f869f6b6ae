"""Find the published months whose inputs have changed since they were computed (semantics §10).

Belongs here: comparing each month's provenance with the current inputs. Does not belong here: which months run again
for it (``orchestration.automation.reruns``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from sources.acceptance.provenance import OF_COUNTY, Change, Input, changes, computed_from, computed_months, inputs_of
from sources.contracts.model import Contracts
from sources.home import Home
from sources.months import Month


@dataclass(frozen=True)
class Outdated:
    """A published month and what changed since it was computed."""

    month: Month
    changes: tuple[Change, ...]
    inputs: tuple[Input, ...] = ()
    """What the changed datasets are now: a parameter may change twice, and the second time is another change."""

    @property
    def runs_by_itself(self) -> bool:
        """Return True if an earlier month or the county changed; a new delivery is left to the run that took it in."""
        return any(c.month < self.month or c.dataset in OF_COUNTY for c in self.changes)

    @property
    def digest(self) -> str:
        """Digest the changes; equal changes have equal digests."""
        return hashlib.sha256(repr((self.changes, self.inputs)).encode()).hexdigest()


def outdated(home: Home, contracts: Contracts) -> Iterator[Outdated]:
    """Yield the published months whose inputs have changed since they were computed, in order."""
    months = computed_months(home)
    everything = inputs_of(home, contracts, months[-1]) if months else {}
    for month in months:
        now = {key: one for key, one in everything.items() if key[0] <= month}
        if different := changes(computed_from(home, month) or {}, now):
            yield Outdated(month, tuple(different), tuple(now[c.month, c.dataset] for c in different))
