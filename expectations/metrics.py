"""Metrics of one delivery, computed once with Polars and judged by Great Expectations.

Belongs here: plain counts over the profile's rows. Each metric is computed on first use, so that an exception fails
only the expectations that need it.
Does not belong here: thresholds, wording.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from sources.profiling.profile import DeliveryProfile

DELIVERY_MONTH = pl.col("delivery_month")
"""The delivery's month as text (YYYY-MM), comparable with month columns."""
MONTH_END = pl.col("delivery_month_end")
"""The last day of the delivery's month."""
MONTH_START = pl.col("delivery_month_start")
"""The first day of the delivery's month."""
YEAR = pl.col("delivery_year")
"""The year of the delivery's month."""


@dataclass(frozen=True)
class IdCounts:
    """Counts of the resident ids in one column, over all delivered rows."""

    valid: int
    ending_in_x: int


@dataclass(frozen=True)
class DateCounts:
    """Counts of the readable event dates, over all delivered rows."""

    readable: int
    in_month: int
    after_month: int


class Metrics:
    """The input of the expectations: a delivery's profile and its counts."""

    def __init__(self, profile: DeliveryProfile) -> None:
        self.profile = profile

    @property
    def row_count(self) -> int:
        """Delivered data rows, including those of refused files: the denominator of the gate's shares."""
        return self.profile.rows.height

    @cached_property
    def towns(self) -> frozenset[str]:
        """Town codes of the delivery's rows, whatever their state, and of what the month would hold."""
        rows = self.profile.rows
        own = frozenset(rows["town_code"].drop_nulls().unique()) if "town_code" in rows.columns else frozenset()
        return own | self.profile.candidate.towns

    @cached_property
    def counts_by_state(self) -> dict[str, int]:
        """Delivered rows by ``row_state``."""
        return dict(self.profile.rows.group_by("row_state").len().iter_rows())

    @property
    def accepted_count(self) -> int:
        """Delivered rows that would be accepted."""
        return self.counts_by_state.get("accepted", 0)

    @property
    def admissible_count(self) -> int:
        """Delivered rows that are accepted or exact duplicates of an accepted one."""
        return self.accepted_count + self.counts_by_state.get("duplicate", 0)

    @cached_property
    def counts_by_error(self) -> dict[str, int]:
        """Delivered rows by error code, in any ``row_state``."""
        return dict(self.profile.rows.drop_nulls("row_error").group_by("row_error").len().iter_rows())

    @cached_property
    def contradicting_count(self) -> int:
        """Accepted rows in which another column contradicts the resident id."""
        return self.accepted_rows["row_note"].count()

    @cached_property
    def emptied_count(self) -> int:
        """Accepted rows in which an unreadable optional cell was emptied."""
        return self.accepted_rows["row_error"].count()

    @cached_property
    def accepted_rows(self) -> pl.DataFrame:
        """Rows that would be accepted, with columns for the delivery's month."""
        month = self.profile.month
        return self.profile.rows.filter(pl.col("row_state") == "accepted").with_columns(
            pl.lit(str(month)).alias("delivery_month"),
            pl.lit(month.first_day).alias("delivery_month_start"),
            pl.lit(month.last_day).alias("delivery_month_end"),
            pl.lit(month.year).alias("delivery_year"),
        )

    def ids(self, column: str) -> IdCounts:
        """Count the ids of one resident-id column; a row of a refused file has no valid id."""
        ends_with_x = pl.col(f"{column}__ends_with_x")
        is_valid = pl.col(f"{column}__error").is_null() & ends_with_x.is_not_null()
        counts = self.profile.rows.select(valid=is_valid.sum(), x=(is_valid & ends_with_x).sum()).row(0)
        return IdCounts(*counts)

    @cached_property
    def dates(self) -> DateCounts:
        """Counts of the event dates, compared with the delivery's month."""
        month, date = self.profile.month, pl.col("event_date")
        counts = self.profile.rows.select(
            readable=date.count(),
            in_month=date.is_between(month.first_day, month.last_day).sum(),
            after_month=(date > month.last_day).sum(),
        ).row(0)
        return DateCounts(*counts)
