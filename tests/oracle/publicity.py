"""The public list of the households of a village that are to be monitored.

Belongs here: who is on it and how a name is masked. Does not belong here: the workbook.
"""

from __future__ import annotations

from datetime import date, timedelta

from tests.oracle.catalogue import DISTRICT, dispatched_on, parameter, shift
from tests.oracle.households import Household, Month
from tests.oracle.risk.rules import age

Line = tuple[int, str, int, str, date, date]
"""Number, head, living members, kind, first and last day; town and village are those of the list."""


def masked(name: str, years: int) -> str:
    """The first character and one star for each other, dots kept; nothing of a child's name."""
    if years < 18:
        return "***"
    return name[0] + "".join("·" if c == "·" else "*" for c in name[1:])


def _head(household: Household) -> str:
    """The first living head in row order, else the first living member."""
    living = [p for p in household.members if p in household.living]
    heads = [p for p in living if household.members[p]["relation_to_head"] == "户主"]
    return (heads or living)[0]


def _answered(month: Month) -> set[str]:
    """Keys of the households with a lead whose newest return came with the month and says 属实 and 是."""
    came = {
        r["lead_id"]
        for r in month.store.rows("verification_returns", month.month)
        if r["result"] == "属实" and r["is_enrolled"]
    }
    return {lead["household_key"] for lead in month.leads if lead["lead_id"] in came}


def publicity_list(month: Month, village: str) -> list[Line]:
    """The lines of a village's list, by household_key."""
    before = {r["household_code"] for r in month.store.rows("monitored_households", shift(month.month, -1))}
    answered, first = _answered(month), dispatched_on(month.month)
    last = first + timedelta(days=int(parameter("publicity_days", DISTRICT, month.month) or 0) - 1)
    shown = [
        h
        for h in sorted(month.households.values(), key=lambda h: h.key)
        if h.first["village_name"] == village and h.key in answered and h.code not in before and h.living
    ]
    return [
        (n, masked(h.members[p]["person_name"], age(p, month.month)), len(h.living), "拟纳入", first, last)
        for n, h in enumerate(shown, start=1)
        for p in [_head(h)]
    ]
