"""Define the month as a partition, once for every asset, with its backfill policy."""

from __future__ import annotations

import warnings

from dagster import AssetExecutionContext, BackfillPolicy, BetaWarning, MonthlyPartitionsDefinition

from orchestration.working_days import TIMEZONE
from sources.months import Month

# Backfill policies are in beta, but Dagster's version is pinned; the warning would precede every command's output.
warnings.filterwarnings("ignore", message="Parameter `backfill_policy`", category=BetaWarning)

FIRST_MONTH = "2020-01"
"""The first month that can run: semantics start in 2021, and look-backs need the year before."""

MONTHS = MonthlyPartitionsDefinition(start_date=FIRST_MONTH, fmt="%Y-%m", timezone=TIMEZONE)

ONE_BY_ONE = BackfillPolicy.multi_run(1)
"""One run per month: in a single run over many months, one bad month would hold up the others."""


def month_of(context: AssetExecutionContext) -> Month:
    """Return the month of a run, its partition key."""
    return Month.parse(context.partition_key)
