"""Working days of China, and what is due when.

Belongs here: the kept library's calendar, its fallback for years that it does not know, the file that dbt reads, the
due day of a month.
Does not belong here: departments' own due days and the months of a table (contracts), due days of leads (dbt).

The library holds the State Council's yearly notices. A year without a notice yet counts Monday to Friday, and says so
in ``source``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import chinese_calendar

from sources.home import Home
from sources.months import Month

TIMEZONE = "Asia/Shanghai"
ZONE = ZoneInfo(TIMEZONE)
DUE_DAY = 5
"""Day of the following month from which a month may run (semantics §10)."""
FIRST_DAY = date(2019, 1, 1)
"""A year before the first month that can run, so that look-backs find their working days."""

Source = Literal["notice", "weekday"]


def working_day(day: date) -> tuple[bool, Source]:
    """Whether people work on that day in China, and where the answer comes from."""
    try:
        return chinese_calendar.is_workday(day), "notice"
    except NotImplementedError:
        return day.weekday() < 5, "weekday"


def due_day(month: Month) -> date:
    """The day on which the run of ``month`` is due: the first working day on or after the 5th of the next month."""
    day = month.shift(1).first_day.replace(day=DUE_DAY)
    while not working_day(day)[0]:
        day += timedelta(days=1)
    return day


def days(first: date, last: date) -> Iterator[date]:
    """Every day from ``first`` to ``last``, both included."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def write_working_days(home: Home, month: Month, today: date) -> int:
    """Write ``warehouse/reference/working_days.parquet`` (day DATE, is_working_day BOOLEAN, source text).

    It covers every day from ``FIRST_DAY`` to two years after ``month`` and ``today``, whichever is later, so that
    running an old month again never shortens it. Returns the number of days; raises OSError when it cannot be written.
    """
    import polars as pl

    every_day = list(days(FIRST_DAY, date(max(month.year, today.year) + 2, 12, 31)))
    answers = [working_day(day) for day in every_day]
    frame = pl.DataFrame(
        {"day": every_day, "is_working_day": [a for a, _ in answers], "source": [s for _, s in answers]},
        schema={"day": pl.Date, "is_working_day": pl.Boolean, "source": pl.String},
    )
    with home.replacing(home.warehouse / "reference" / "working_days.parquet") as temporary:
        frame.write_parquet(temporary)
    return frame.height
