"""Decide which months run again because an earlier one changed (semantics §10).

Belongs here: the order of such runs. Does not belong here: finding the outdated months (``sources.acceptance``).
"""

from __future__ import annotations

from sources.acceptance.outdated import Outdated, outdated
from sources.contracts.model import Contracts
from sources.home import Home
from sources.months import Month

__all__ = ["earlier_than", "later_than", "next_outdated", "outdated"]


def later_than(home: Home, contracts: Contracts, month: Month) -> list[Month]:
    """List the published months after ``month`` that must run again, in order."""
    found = outdated(home, contracts)
    return [o.month for o in found if o.month > month and o.runs_by_itself]


def earlier_than(home: Home, contracts: Contracts, month: Month) -> list[Month]:
    """List the published months before ``month`` that must run first, in order: it looks back on them."""
    return [o.month for o in outdated(home, contracts) if o.month < month]


def next_outdated(home: Home, contracts: Contracts) -> Outdated | None:
    """Return the first month that must run again; None if an earlier one still needs a run of its own."""
    first = next(outdated(home, contracts), None)
    return first if first and first.runs_by_itself else None
