"""The month as a partition: one definition for everything.

Belongs here: the partitions definition, the backfill policy, the month of a run.
Does not belong here: when a month is due (``calendar``, ``schedules``).
"""

from __future__ import annotations

import warnings

from dagster import AssetExecutionContext, BackfillPolicy, BetaWarning, MonthlyPartitionsDefinition

from orchestration.working_days import TIMEZONE
from sources.months import Month

# Backfill policies are pinned with Dagster's version; the warning would stand between every command and its output.
warnings.filterwarnings("ignore", message="Parameter `backfill_policy`", category=BetaWarning)

FIRST_MONTH = "2020-01"
"""The first month that can run; semantics start in 2021, look-backs need the year before."""

MONTHS = MonthlyPartitionsDefinition(start_date=FIRST_MONTH, fmt="%Y-%m", timezone=TIMEZONE)

ONE_BY_ONE = BackfillPolicy.multi_run(1)
"""A run per month: in a single run over many months one bad month would hold up the others."""


def month_of(context: AssetExecutionContext) -> Month:
    """The month that a run is about."""
    return Month.parse(context.partition_key)
