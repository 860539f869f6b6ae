"""Say from which month on a sample has the tables and columns of 2026, and lay out its chain of money.

Belongs here: what several tables of the chain have to agree on. Does not belong here: the tables (``departments``).
"""

from __future__ import annotations

from datetime import date, timedelta

from sample.months import Calendar
from sources.months import Month

BEGINS = Month(2026, 1)
"""The first month for which departments hand over the new tables and columns."""
DIVIDEND_YEARS = (BEGINS.year - 2, BEGINS.year - 1)
"""The years for which assets pay a dividend."""
REGISTRATION_DAYS = 90
"""Days from completion to registration that the office allows; projects are planted on both sides of them."""


def has_begun(calendar: Calendar, position: int) -> bool:
    """Check whether the month at a position has the tables and columns of 2026."""
    return calendar.months[position] >= BEGINS


def is_first(calendar: Calendar, position: int) -> bool:
    """Check whether a month is the sample's first one of 2026: every table is handed over in it."""
    return has_begun(calendar, position) and (position == 0 or not has_begun(calendar, position - 1))


def as_of(calendar: Calendar) -> date:
    """Return the day of which the newest quarterly tables of a sample in 2026 speak."""
    delivered = [
        month
        for position, month in enumerate(calendar.months)
        if is_first(calendar, position) or (month >= BEGINS and month.number % 3 == 0)
    ]
    return delivered[-1].last_day


def completed_in_time(calendar: Calendar) -> date:
    """Return the earliest completion for which an asset need not be registered yet."""
    return as_of(calendar) - timedelta(days=REGISTRATION_DAYS)
