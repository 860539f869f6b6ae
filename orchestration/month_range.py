"""Find the months that can run: by the settings, else by what the home holds.

Belongs here: the range, without Dagster, so that the doctor answers at once. Does not belong here: the partitions.

Months that were received always belong to the range, so that no setting takes a partition from a run that used it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date

from orchestration.runtime.settings import EARLIEST_MONTH, Settings
from sources.home import Home
from sources.months import Month


def months_received(home: Home) -> set[Month]:
    """Return the months of which a folder was ever seen, by the delivery logs."""
    return set(months_named(log.stem for log in home.restricted.glob("deliveries/*/*.json")))


def months_in_inbox(home: Home) -> set[Month]:
    """Return the months of which the inbox holds anything."""
    folders = [folder for folder in home.inbox.glob("*/*") if folder.is_dir() and any(folder.iterdir())]
    return set(months_named(folder.name for folder in folders))


def months_named(names: Iterable[str]) -> Iterator[Month]:
    """Yield the months among names."""
    for name in names:
        with suppress(ValueError):
            yield Month.parse(name)


def first_and_last(settings: Settings, today: date) -> tuple[Month, Month]:
    """Return the first and the last month that can run.

    The first is that of the settings, else the first month with data, else the last finished month; the last is that of
    the settings, else the last finished month. Months that were received extend both.
    """
    ended = Month(today.year, today.month).shift(-1)

    def runnable(months: set[Month]) -> set[Month]:
        return {month for month in months if EARLIEST_MONTH <= month <= ended}

    received, delivered = set[Month](), set[Month]()
    # A home that this account cannot read has no months for it: definitions load without a home.
    with suppress(OSError):
        received = runnable(months_received(settings.paths))
        delivered = runnable(months_in_inbox(settings.paths))
    last = min(max({settings.last_month or ended, *received}), ended)
    first = settings.first_month or min({*received, *delivered}, default=last)
    return min({first, last, *received}), last
