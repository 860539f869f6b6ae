"""Define the month as a partition, once for every asset, with its backfill policy.

Belongs here: the range of months as Dagster knows it. Does not belong here: how it is found (``month_range``), which
months have new files (``sources.landing.changes``).

The range is decided when the definitions load. A month that arrives later and is earlier than all others joins when the
web interface starts again; the sensor names it until then.
"""

from __future__ import annotations

import warnings
from datetime import date, datetime

from dagster import AssetExecutionContext, BackfillPolicy, BetaWarning, Failure, MonthlyPartitionsDefinition

from orchestration.month_range import first_and_last, months_in_inbox, months_named
from orchestration.runtime.settings import Settings
from orchestration.working_days import TIMEZONE, ZONE
from sources.months import Month

# Backfill policies are in beta, but Dagster's version is pinned; the warning would precede every command's output.
warnings.filterwarnings("ignore", message="Parameter `backfill_policy`", category=BetaWarning)


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


def outside(settings: Settings) -> list[Month]:
    """List the finished months in the inbox that cannot run, because they are not in the range."""
    today = datetime.now(ZONE).date()
    found = {month for month in months_in_inbox(settings.paths) if month < Month(today.year, today.month)}
    return sorted(found - set(months_named(MONTHS.get_partition_keys())))
