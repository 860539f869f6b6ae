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


_CURRENCY = re.compile(r"人民币|RMB|CNY|¥|整$", re.IGNORECASE)
_POWER = re.compile("[十百千万亿]+")
_PERIOD = re.compile(r"(?:/|每)(月|年)$|^(月|年)(?=元)")


def without_period(unit: str, own: str) -> str:
    """Remove the period of a unit, as in 元/月, if it is that of the column's amounts: 月, 年 or nothing.

    Any other period stays, so that the unit converts into no other one: an amount per month is no amount per year.
    """
    period = _PERIOD.search(unit)
    return _PERIOD.sub("", unit) if period and (period[1] or period[2]) == own else unit


def plain_unit(text: str, period: str, own: str | None, rate: str = "") -> str:
    """Reduce a unit as people write it in a header to its name: 人民币元 to 元, 万 to 万元 or 万人, 元/月 to 元.

    ``period`` and ``own`` are the period and the unit of the contract's column; ``rate`` is what one amount of its
    table is for: 人, 户 or nothing.
    """
    unit = without_period(_without_rates(_CURRENCY.sub("", text).strip(":"), period, rate), period)
    scale = next((scale for scale in _SCALES if own in scale), {})
    return next((name for name in scale if name[:-1] == unit), unit) if _POWER.fullmatch(unit) else unit


_RATE = "(?:12个月|全?年度?|个?月|人|户)"
_RATES_BEHIND = re.compile(rf"(?<=元)(?:/每?|每|,|、)({_RATE}(?:[/·.、,]?每?{_RATE})*)$")
_RATES_BEFORE = re.compile(rf"^((?:每{_RATE})+|{_RATE}(?=/))/?(?=[十百千万亿]*元$)")
_RATES = re.compile(rf"每?{_RATE}(?:[/·.、,]?每?{_RATE})*")


def is_rate(text: str, period: str, rate: str) -> bool:
    """Check whether a text, such as 每人每月, only repeats what the amounts of a column are for."""
    return bool(_RATES.fullmatch(text)) and all(
        t[-1] == rate if t[-1] in "人户" else ("年" if t == "12个月" else t.strip("个全度")) == period
        for t in re.findall(_RATE, text)
    )


def _without_rates(unit: str, period: str, rate: str) -> str:
    """Remove what an amount is for, as in 元/人/月, if each of it is so in the column."""
    for form in (_RATES_BEHIND, _RATES_BEFORE):
        if (found := form.search(unit)) and is_rate(found[1], period, rate):
            unit = unit[: found.start()] + unit[found.end() :]
    return unit


def period_of(label: str) -> str:
    """Return the period that a label says its amounts are for: 月, 年 or nothing."""
    if "年" in label or "12个月" in label:
        return "年"
    return "月" if "月" in label else ""
