"""What towns return on the leads of a random district: on time and late, enrolled and not, once and again.

Belongs here: rows of returns about leads that exist. Does not belong here: the leads (``tests.oracle.risk``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from tests.oracle.catalogue import dispatched_on, month_of
from tests.oracle.households import Month

Cells = dict[str, Any]


def returns(luck: Random, months: Sequence[Month], delivered: str) -> list[Cells]:
    """The returns of a delivery on leads opened up to its month; ``months`` are followed, in order."""
    known = [m for m in months if m.month <= delivered]
    return [_return(luck, lead) for lead in (known[-1].leads if known else ()) if luck.random() < 0.5]


def _around(luck: Random, day: date | None, opened: date) -> date:
    """A day at the limit, or on either side of it."""
    return (day or dispatched_on(month_of(opened))) + timedelta(days=luck.choice([0, 0, 1, -3]))


def _return(luck: Random, lead: Cells) -> Cells:
    return {
        "lead_id": lead["lead_id"],
        "result": luck.choice(["属实", "属实", "属实", "不属实", "查无此户"]),
        "is_enrolled": luck.random() < 0.7,
        "reason_not_enrolled": None,
        "verified_on": _around(luck, lead["due_on"], lead["opened_month"]),
        "enrolled_on": _around(luck, lead["recognition_due_on"], lead["opened_month"]) if luck.random() < 0.6 else None,
    }
