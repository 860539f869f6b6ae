"""Judge one delivery: what the month would hold with it, and the gate's verdict on that.

Belongs here: the order of the steps from conformed rows to a verdict, the same for a run and for a check at a desk.
Does not belong here: thresholds (``expectations``), which deliveries are judged (``intake``, ``checking``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sources.acceptance.in_force import InForce, replace_rows
from sources.conforming.delivery import ConformedDelivery
from sources.contracts.model import Dataset
from sources.landing.settings import REPLACE_TOWNS
from sources.months import Month
from sources.privacy.people import PersonIndex
from sources.privacy.pseudonymise import pseudonymise
from sources.privacy.pseudonyms import Keyring
from sources.profiling.profile import Gate, MonthProfile, Verdict
from sources.profiling.profiler import profile_of


@dataclass(frozen=True)
class Judge:
    """Judges the deliveries of one month.

    ``warn_pct`` is the change in the row count that warns, in percent; ``real_towns`` are the names of the month's
    towns that are not virtual, by code.
    """

    month: Month
    keys: Keyring
    gate: Gate
    warn_pct: float
    real_towns: Mapping[str, str]

    def judged(
        self,
        dataset: Dataset,
        conformed: ConformedDelivery,
        people: PersonIndex,
        before: InForce | None = None,
        previous: MonthProfile | None = None,
        former_towns: frozenset[str] | None = None,
    ) -> tuple[InForce, Verdict]:
        """Return the rows in force if the delivery is accepted, and the verdict.

        Masks ``people`` in the messages about the files. ``before`` are the rows in force before the delivery,
        ``previous`` the figures of the month before, ``former_towns`` those that a re-delivery must still have.
        """
        for file in conformed.files:
            people.hide_in(file)
        rows = pseudonymise(conformed, dataset, self.month, self.keys, people)
        candidate = replace_rows(before, rows, conformed, dataset)
        profile = profile_of(
            conformed,
            candidate.rows,
            previous,
            former_towns,
            dataset,
            self.month,
            self.warn_pct,
            has_base=conformed.mode != REPLACE_TOWNS or (before is not None and "town_code" in rows.columns),
            real_towns=self.real_towns,
        )
        return candidate, self.gate(profile)
