"""Read the dated parameters that the intake needs from the same rows as dbt."""

from __future__ import annotations

from collections.abc import Iterable

from sources.county.columns import PARAMETERS, Row
from sources.county.folder import County, rows_of
from sources.months import Month

NO_BAND = 1e9
"""Percentage that no change reaches: without a valid parameter, row counts raise no warning and the month runs."""


def row_count_band(county: County, month: Month) -> float:
    """Return the change in a table's row count, in percent, above which the gate warns in that month."""
    percent = parameter(rows_of(county, PARAMETERS), "row_count_change_warn_pct", month, county.code)
    return NO_BAND if percent is None else percent


def parameter(rows: Iterable[Row], name: str, month: Month, district: str) -> float | None:
    """Return the value valid on the month's last day, from the row with the longest prefix of the district's code.

    None if no row is valid then.
    """
    day = month.last_day.isoformat()
    named = [r for r in rows if r["parameter"] == name]
    valid = [r for r in named if r["valid_from"] <= day and (not r["valid_to"] or day < r["valid_to"])]
    ours = [r for r in valid if district.startswith(r["division_prefix"])]
    if not ours:
        return None
    return float(max(ours, key=lambda r: len(r["division_prefix"]))["value"])
