"""Write numbers as a report does: rounded half up, without needless zeros, with the unit behind them.

Belongs here: numbers and days as text. Does not belong here: which numbers are shown.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

NONE = "—"
"""Shown where there is no number."""


def rounded(value: float, decimals: int) -> Decimal:
    """Round half up, by the ten decimals that dbt's ``shown_value`` looks at."""
    exact = Decimal(repr(float(value))).quantize(Decimal("1e-10"), ROUND_HALF_UP)
    return exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def number(value: float | None, decimals: int = 0) -> str:
    """Show a number with at most that many decimals: 85, 88.8, 0.49."""
    if value is None:
        return NONE
    text = f"{rounded(value, decimals):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def change(value: float | None, before: float | None, decimals: int) -> str:
    """Show what changed between two numbers as they are shown: +1.2, -3, 持平."""
    if value is None or before is None:
        return NONE
    difference = rounded(value, decimals) - rounded(before, decimals)
    if not difference:
        return "持平"
    return f"{'+' if difference > 0 else '-'}{number(float(abs(difference)), decimals)}"


def share(value: float | None) -> str:
    """Show a share of 0 to 1 as a percentage."""
    return NONE if value is None else f"{number(value * 100, 1)}%"


def day(value: date | None) -> str:
    """Show a day: 2021年6月30日."""
    return NONE if value is None else f"{value.year}年{value.month}月{value.day}日"


def month(value: date | None) -> str:
    """Show a month: 2021年6月."""
    return NONE if value is None else f"{value.year}年{value.month}月"


def iso(value: date | None) -> str:
    """Show a day in a table: 2021-06-30."""
    return NONE if value is None else value.isoformat()


def iso_month(value: date | None) -> str:
    """Show a month in a table: 2021-06."""
    return NONE if value is None else f"{value:%Y-%m}"
