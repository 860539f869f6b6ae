"""Define the month as a partition, once for every asset, with its backfill policy.

Belongs here: which months can run. Does not belong here: which of them have new files (``sources.landing.changes``).

The range is decided when the definitions load: by the settings, else by what the home holds. Months that were received
always belong to it, so that no setting takes a partition from a run that used it. A month that arrives later and is
earlier than all others joins when the web interface starts again; the sensor names it until then.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date, datetime

from dagster import AssetExecutionContext, BackfillPolicy, BetaWarning, Failure, MonthlyPartitionsDefinition

from orchestration.runtime.settings import EARLIEST_MONTH, SETTINGS_FILE, Settings
from orchestration.working_days import TIMEZONE, ZONE
from sources.home import Home
from sources.months import Month

# Backfill policies are in beta, but Dagster's version is pinned; the warning would precede every command's output.
warnings.filterwarnings("ignore", message="Parameter `backfill_policy`", category=BetaWarning)


def months_received(home: Home) -> set[Month]:
    """Return the months of which a folder was ever seen, by the delivery logs."""
    return set(_months(log.stem for log in home.restricted.glob("deliveries/*/*.json")))


def months_in_inbox(home: Home) -> set[Month]:
    """Return the months of which the inbox holds anything."""
    folders = [folder for folder in home.inbox.glob("*/*") if folder.is_dir() and any(folder.iterdir())]
    return set(_months(folder.name for folder in folders))


def _months(names: Iterable[str]) -> Iterator[Month]:
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


def make_months(settings: Settings, today: date) -> MonthlyPartitionsDefinition:
    """Define the months that can run; without ``last_month`` a new one joins as soon as it is over."""
    first, last = first_and_last(settings, today)
    end = str(last.shift(1)) if settings.last_month else None
    return MonthlyPartitionsDefinition(start_date=str(first), end_date=end, fmt="%Y-%m", timezone=TIMEZONE)


MONTHS = make_months(Settings(), datetime.now(ZONE).date())

ONE_BY_ONE = BackfillPolicy.multi_run(1)
"""One run per month: in a single run over many months, one bad month would hold up the others."""


def month_of(context: AssetExecutionContext) -> Month:
    """Return the month of a run, its partition key.

    Raises Failure without one: the button that executes checks alone launches such a run.
    """
    if not context.has_partition_key:
        raise Failure(
            description="这次运行没有月份,什么也没有做:检查只随资产按月运行。请在资产页点 Materialize,并选择月份。",
            allow_retries=False,
        )
    return Month.parse(context.partition_key)


def why_not(month: Month) -> str:
    """Say why a month cannot run, and what to do; nothing if it can."""
    keys = MONTHS.get_partition_keys()
    if str(month) in keys:
        return ""
    if month > Month.parse(keys[-1]):
        told = "该月还没有结束" if MONTHS.end is None else f"设置 last_month({SETTINGS_FILE})把范围到此为止"
    else:
        told = f'更早的月份请先放入收件目录,或在 {SETTINGS_FILE} 中写 first_month = "{max(month, EARLIEST_MONTH)}"'
    return f"可运行的月份从 {keys[0]} 到 {keys[-1]};{told}。"


def outside(settings: Settings) -> list[Month]:
    """List the finished months in the inbox that cannot run, because they are not in the range."""
    today = datetime.now(ZONE).date()
    found = {month for month in months_in_inbox(settings.paths) if month < Month(today.year, today.month)}
    return sorted(found - set(_months(MONTHS.get_partition_keys())))
