"""Put amounts of money in bands, for readers who see no exact amount.

Belongs here: the bounds of the bands. Does not belong here: the words of the codes (``dictionary/codes.yml``), who sees
bands (``case``, ``bi.town_extract``).

The bands of income are those of the mart ``household_bands`` (docs/semantics.md, section 12).
"""

from __future__ import annotations

INCOME_BANDS = {"<1": 1, "1-1.5": 1.5, "1.5-2": 2, "2-3": 3}
"""Upper bound by code, in monitoring lines per head; a bound belongs to the next band."""

SELF_PAID_BANDS = {"<1000": 1000, "1000-5000": 5000, "5000-20000": 20000}
"""Upper bound by code, in yuan; a bound belongs to the next band."""


def income_band(income: str, persons: str, line: str) -> str:
    """Return SQL of the band of an income of so many persons; null without an income, a person or a line."""
    cases = [f"when {income} < {persons} * {line} * {bound} then '{code}'" for code, bound in INCOME_BANDS.items()]
    highest = f"when {income} is not null and {line} is not null then '>=3'"
    return f"case when coalesce({persons}, 0) = 0 then null {' '.join(cases)} {highest} end"


def self_paid_band(amount: str) -> str:
    """Return SQL of the band of a self-payment in yuan; null without an amount."""
    cases = [f"when {amount} < {bound} then '{code}'" for code, bound in SELF_PAID_BANDS.items()]
    return f"case when {amount} <= 0 then '0' {' '.join(cases)} when {amount} >= 20000 then '>=20000' end"
