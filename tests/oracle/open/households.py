"""Households in bands, in groups of at least k."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

from tests.oracle.catalogue import DISTRICT, month_of, parameter

Record = dict[str, Any]
COLUMNS = ("town_code", "household_type", "members_band", "income_band")


def _members(living: int) -> str:
    return "1" if living == 1 else "2-3" if living <= 3 else "4-5" if living <= 5 else "6+"


def _income(row: Record) -> str | None:
    line = parameter("monitoring_line", row["town_code"], month_of(row["month"]))
    if row["net_income"] is None or line is None:
        return None
    lines = Decimal(row["net_income"]) / row["living_members"] / line
    bounds = {"<1": 1, "1-1.5": Decimal("1.5"), "1.5-2": 2, "2-3": 3}
    return next((band for band, upper in bounds.items() if lines < upper), ">=3")


def household_bands(marts: dict[str, list[Record]], month: date) -> list[Record]:
    """The rows of a month: groups that are too small lose the town, then the income band, then they are left out."""
    k = parameter("disclosure_min_cell", DISTRICT, month_of(month))
    levels = {r["household_key"]: r["risk_level"] for r in marts["household_risk"] if r["month"] == month}
    left = [
        {
            "town_code": r["town_code"],
            "household_type": r["household_type"],
            "members_band": _members(r["living_members"]),
            "income_band": _income(r),
            "risk_level": levels.get(r["household_key"]),
        }
        for r in marts["household_month"]
        if r["month"] == month and r["living_members"] > 0
    ]
    kept: list[Record] = []
    for blurred in ((), ("town_code",), ("town_code", "income_band")):
        left = [{**row, **dict.fromkeys(blurred)} for row in left]
        sizes = Counter(tuple(row[c] for c in COLUMNS) for row in left)
        is_kept = [k is not None and sizes[tuple(row[c] for c in COLUMNS)] >= k for row in left]
        kept += [row for row, large in zip(left, is_kept, strict=True) if large]
        left = [row for row, large in zip(left, is_kept, strict=True) if not large]
    ordered = sorted(kept, key=lambda r: [(r[c] is None, r[c] or "") for c in (*COLUMNS, "risk_level")])
    return [{"month": month, "row_no": n, **row} for n, row in enumerate(ordered, start=1)]
