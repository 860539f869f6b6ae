"""Read the dated parameters that the intake needs from the same catalogue as dbt."""

from __future__ import annotations

import csv
from pathlib import Path

from sources.months import Month

NO_BAND = 1e9
"""Percentage that no change reaches: without a valid parameter, row counts raise no warning and the month runs."""


def row_count_band(seeds: Path, month: Month) -> float:
    """Return the change in a table's row count, in percent, above which the gate warns in that month."""
    percent = parameter(seeds, "row_count_change_warn_pct", month, district_code(seeds))
    return NO_BAND if percent is None else percent


def parameter(seeds: Path, name: str, month: Month, district: str) -> float | None:
    """Return the value valid on the month's last day, from the row with the longest prefix of the district's code.

    None if no row is valid then.
    """
    day = month.last_day.isoformat()
    with (seeds / "policy_parameters.csv").open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["parameter"] == name]
    valid = [r for r in rows if r["valid_from"] <= day and (not r["valid_to"] or day < r["valid_to"])]
    ours = [r for r in valid if district.startswith(r["division_prefix"])]
    if not ours:
        return None
    return float(max(ours, key=lambda r: len(r["division_prefix"]))["value"])


def district_code(seeds: Path) -> str:
    """Return the six-digit code of the district that the platform serves."""
    with (seeds / "districts.csv").open(encoding="utf-8", newline="") as file:
        return next(csv.DictReader(file))["district_code"]
