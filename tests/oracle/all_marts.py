"""Every mart of a sequence of months: those of risk, of the indicators and of the reconciliation.

Belongs here: putting the three computations together. Does not belong here: how each is done (``risk``,
``indicators``, ``reconciliation``).
"""

from __future__ import annotations

from pathlib import Path

from tests.oracle.households import household_key, keyed
from tests.oracle.indicators.table import indicator_marts
from tests.oracle.low_income import low_income_population
from tests.oracle.reconciliation.marts import Keys, reconciliation_marts
from tests.oracle.risk.marts import Marts, walk


def compute_all(inbox: Path, secret: str, months: list[str]) -> Marts:
    """The marts after the months have been run in order."""
    marts, ran = walk(inbox, secret, months)
    keys = Keys(person=lambda i: keyed(secret, i), household=lambda code: household_key(secret, code))
    marts["low_income_population"] = [row for month in ran for row in low_income_population(month, keys.person)]
    return {**marts, **indicator_marts(ran), **reconciliation_marts(ran, keys)}
