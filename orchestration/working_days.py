"""Tell working days in China from days off, and compute the due day of each month.

Belongs here: the calendar of the library ``chinese_calendar``, the fallback for years it does not cover, a county's own
days, the file that dbt reads, the due day of a month.
Does not belong here: due days of departments and the months of a table (contracts), due days of leads (dbt).

The library contains the State Council's yearly notices. In a year without a notice, Monday to Friday count as working
days, and ``source`` is ``weekday``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import chinese_calendar

from sources.county.folder import County
from sources.home import Home
from sources.months import Month

TIMEZONE = "Asia/Shanghai"
ZONE = ZoneInfo(TIMEZONE)
DUE_DAY = 5
"""Day of the following month from which a month may run (semantics §10)."""
FIRST_DAY = date(2019, 1, 1)
"""One year before the first month that can run, so that look-backs find their working days."""

Source = Literal["county", "notice", "weekday"]
Own = Mapping[date, bool]
"""Days of which a county itself says whether they are working days (``working_days.csv``)."""


def own_days_of(county: County) -> Own:
    """Return the county's own days: local holidays, and a year's notice before the library has it."""
    return {date.fromisoformat(row["day"]): row["is_working_day"] == "true" for row in county.working_days}


def working_day(day: date, own: Own | None = None) -> tuple[bool, Source]:
    """Return whether ``day`` is a working day in the county, and the source of the answer."""
    if own and day in own:
        return own[day], "county"
    try:
        return chinese_calendar.is_workday(day), "notice"
    except NotImplementedError:
        return day.weekday() < 5, "weekday"


def due_day(month: Month, own: Own | None = None) -> date:
    """Return the due day of ``month``: the first working day on or after the 5th of the next month (semantics §10)."""
    day = month.shift(1).first_day.replace(day=DUE_DAY)
    while not working_day(day, own)[0]:
        day += timedelta(days=1)
    return day


def days(first: date, last: date) -> Iterator[date]:
    """Iterate over the days from ``first`` to ``last``, both included."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def write_working_days(home: Home, month: Month, today: date, own: Own | None = None) -> int:
    """Write ``warehouse/reference/working_days.parquet`` (day DATE, is_working_day BOOLEAN, source text).

    It covers every day from ``FIRST_DAY`` to the end of the second year after ``month`` or ``today``, whichever is
    later, so that running an old month again never shortens it. Returns the number of days; raises OSError if the file
    cannot be written.
    """
    import polars as pl

    every_day = list(days(FIRST_DAY, date(max(month.year, today.year) + 2, 12, 31)))
    answers = [working_day(day, own) for day in every_day]
    frame = pl.DataFrame(
        {"day": every_day, "is_working_day": [a for a, _ in answers], "source": [s for _, s in answers]},
        schema={"day": pl.Date, "is_working_day": pl.Boolean, "source": pl.String},
    )
    with home.replacing(_file(home)) as temporary:
        frame.write_parquet(temporary)
    return frame.height


def working_days_until(home: Home) -> date | None:
    """Return the last day of the file that ``write_working_days`` wrote; None if there is none."""
    if not _file(home).exists():
        return None
    from sources import parquet

    last = parquet.read(_file(home), columns=["day"])["day"].max()
    return last if isinstance(last, date) else None


def _file(home: Home) -> Path:
    return home.warehouse / "reference" / "working_days.parquet"
