"""Find the months that can run: by the settings, else by what the home holds.

Belongs here: the range, without Dagster, so that the doctor answers at once. Does not belong here: the partitions.

Months that were received always belong to the range, so that no setting takes a partition from a run that used it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date

from orchestration.runtime.settings import EARLIEST_MONTH, SETTINGS_FILE, Settings
from sources.home import Home
from sources.months import Month

_named = set[Month]()


def name_months(months: Iterable[Month]) -> None:
    """Let months of this process run that a person names, also if nothing was received of them before.

    A location is asked for a month only once somebody names it. Name them before the partitions load.
    """
    _named.update(months)


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

    The first is that of the settings, else the first month with data or a name, else the last finished month. The last
    is that of the settings, else the last finished month. Months that were received extend both.
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
    named = set() if settings.first_month else runnable(_named)
    return min({first, last, *received, *named}), last


def why_never(settings: Settings, month: Month, today: date) -> str:
    """Say why a month cannot run whatever is delivered; nothing if it can."""
    first, last = first_and_last(settings, today)
    if first <= month <= last:
        return ""
    if month >= Month(today.year, today.month):
        return f"{month} 还没有结束;最近一个已结束的月份是 {last}。"
    if month < EARLIEST_MONTH:
        return f"{month} 不能运行:最早的月份是 {EARLIEST_MONTH}。请核对月份。"
    if settings.last_month and month > settings.last_month:
        return f"{month} 不能运行:设置 last_month({SETTINGS_FILE})把范围到 {settings.last_month} 为止。"
    if settings.first_month and month < settings.first_month:
        return f"{month} 不能运行:设置 first_month({SETTINGS_FILE})从 {settings.first_month} 开始。"
    return ""
