"""Dated parameters that the intake itself needs, from the same catalogue as dbt's.

Belongs here: reading one parameter of ``policy_parameters.csv`` for the district and a month.
Does not belong here: values; what a parameter is used for.
"""

from __future__ import annotations

import csv
from pathlib import Path

from sources.months import Month


def parameter(seeds: Path, name: str, month: Month, district: str) -> float | None:
    """The value valid on the month's last day, of the row with the longest prefix of the district's code.

    None when no row is valid then.
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
    """The six digits of the district that the platform works for."""
    with (seeds / "districts.csv").open(encoding="utf-8", newline="") as file:
        return next(csv.DictReader(file))["district_code"]
