"""Convert between units of the same scale (semantics §2)."""

from __future__ import annotations

import re

_SCALES: tuple[dict[str, int], ...] = (
    {"元": 0, "千元": 3, "万元": 4, "十万元": 5, "百万元": 6, "千万元": 7, "亿元": 8},
    {"米": 0, "公里": 3},
    {"人": 0, "万人": 4},
)
_COUNTS = ("个", "人次", "座", "户", "次")
"""Units of counts, which convert into no other unit."""
UNITS = (*(unit for scale in _SCALES for unit in scale), *_COUNTS)
"""Every unit that a contract may name."""


def power_of_ten(unit: str, own: str | None) -> int | None:
    """Return the power of ten that converts ``unit`` to ``own``, the unit of the contract; None if none does."""
    if unit == own:
        return 0
    for scale in _SCALES:
        if unit in scale and own in scale:
            return scale[unit] - scale[own]
    return None


_CURRENCY = re.compile(r"人民币|RMB|¥|整$", re.IGNORECASE)
_POWER = re.compile("[十百千万亿]+")
_PERIOD = re.compile(r"(?:/|每)(月|年)$|^(月|年)(?=元)")


def without_period(unit: str, label: str) -> str:
    """Remove the period of a unit, as in 元/月, if the label of the column says that its amounts are per that period.

    Any other period stays, so that the unit converts into no other one: an amount per month is no amount per year.
    """
    period = _PERIOD.search(unit)
    return _PERIOD.sub("", unit) if period and _is_per(period[1] or period[2], label) else unit


def plain_unit(text: str, label: str, own: str | None) -> str:
    """Reduce a unit as people write it in a header to its name: 人民币元 to 元, 万 to 万元 or 万人, 元/月 to 元.

    ``label`` and ``own`` are those of the contract's column.
    """
    unit = without_period(_CURRENCY.sub("", text), label)
    scale = next((scale for scale in _SCALES if own in scale), {})
    return next((name for name in scale if name[:-1] == unit), unit) if _POWER.fullmatch(unit) else unit


def _is_per(period: str, label: str) -> bool:
    """Check whether a label says that its amounts are per month or per year."""
    is_yearly = "年" in label or "12个月" in label
    return is_yearly if period == "年" else "月" in label and not is_yearly
