"""How an expectation is declared: as data, with its severity, its wording and its reason.

Belongs here: the two forms of an expectation (over figures of a delivery, over its rows) and their wording.
Does not belong here: thresholds (``admissibility``, ``drift``, ``suites``), running them (``engine``).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

from expectations.metrics import Metrics
from sources.profiling.profile import Severity

SHARE = "share"
"""Unit of a number between 0 and 1 that is shown as a percentage."""

CORRECT_AND_RESEND = "请核对台账,更正后重新报送;确属实际情况的,请向牵头部门书面说明。"


@dataclass(frozen=True)
class Observation:
    """What a figure is in one delivery."""

    judged: float | None
    """The number that is compared; None where the expectation does not apply to this delivery."""
    text: str
    """The same for people, with the counts behind it; Chinese, never a cell value."""
    metrics: Mapping[str, float] = field(default_factory=dict)
    """Numbers with keys that stay the same over the months."""


Bound = float | str | None
"""A number, or the name of a suite parameter that is known only when the delivery is judged."""


@dataclass(frozen=True, eq=False)
class Expectation:
    """What every expectation has; ``title`` and ``reason`` are Chinese and end without a full stop."""

    name: str
    title: str
    reason: str
    group: str = "domain"
    severity: Severity = "warning"
    advice: str = CORRECT_AND_RESEND

    def expected(self, parameters: Mapping[str, float]) -> str:
        """The threshold for people; a parameter that is not in ``parameters`` is named."""
        raise NotImplementedError

    def sentence(self) -> str:
        """The expectation for people who have not seen a result."""
        weight = "不符合则拒收" if self.severity == "critical" else "不符合则提醒"
        return f"{self.title}:{self.expected({})}({weight})。{self.reason}。"


@dataclass(frozen=True, eq=False, kw_only=True)
class FigureExpectation(Expectation):
    """A figure of the whole delivery lies between two bounds, both inclusive."""

    observe: Callable[[Metrics], Observation]
    minimum: Bound = None
    maximum: Bound = None
    unit: str = SHARE

    def expected(self, parameters: Mapping[str, float]) -> str:
        """``不低于 …``, ``不超过 …``, both, or ``没有`` for a maximum of zero."""
        low, high = (self._bound(b, parameters) for b in (self.minimum, self.maximum))
        if low and high:
            return f"在 {low}至 {high}之间"
        if not low and self.maximum == 0:
            return "没有"
        return f"不低于 {low}" if low else f"不超过 {high}"

    def _bound(self, bound: Bound, parameters: Mapping[str, float]) -> str:
        if bound is None:
            return ""
        if isinstance(bound, str):
            return number(parameters[bound], self.unit) if bound in parameters else f"政策参数 {bound}"
        return number(bound, self.unit)


@dataclass(frozen=True, eq=False, kw_only=True)
class RowExpectation(Expectation):
    """At least ``mostly`` of the accepted rows that a rule is about keep it."""

    mask: pl.Expr
    """True where an accepted row keeps the rule, false where it breaks it, null where the rule is not about it."""
    mostly: float

    def expected(self, parameters: Mapping[str, float]) -> str:
        """The share of rows that must keep the rule."""
        return f"至少 {number(self.mostly, SHARE)} 的行符合" if self.mostly < 1 else "所有行符合"


def number(value: float, unit: str) -> str:
    """A number with its unit, two decimals at most; shares are cut, not rounded, so that 94.997 % never reads 95 %."""
    if unit == SHARE:
        return f"{math.floor(round(value * 10_000, 6)) / 100:g}%"
    text = f"{value:,.2f}".rstrip("0").rstrip(".")
    return text + unit if unit == "%" else f"{text} {unit}"


def row_rule(
    name: str, title: str, holds: pl.Expr, reason: str, *, where: pl.Expr | None = None, mostly: float = 0.99
) -> RowExpectation:
    """A warning about rows: where ``where`` is true, ``holds`` shall be true; a null leaves the row out."""
    mask = holds if where is None else pl.when(where).then(holds)
    return RowExpectation(name=name, title=title, reason=reason, mask=mask, mostly=mostly)


def table_rule(
    name: str,
    title: str,
    measure: pl.Expr,
    reason: str,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    unit: str = SHARE,
    at_least_rows: int = 50,
) -> FigureExpectation:
    """A warning about one number over all accepted rows, judged from ``at_least_rows`` rows on.

    ``measure`` aggregates the accepted rows to one number; null or 0/0 means that there is nothing to judge.
    """

    def observe(facts: Metrics) -> Observation:
        if facts.accepted < at_least_rows:
            return Observation(None, f"接收 {facts.accepted} 行,少于 {at_least_rows} 行,不作判断")
        value = facts.accepted_rows.select(measure.cast(pl.Float64)).item()
        if value is None or math.isnan(value):
            return Observation(None, "没有可判断的行")
        return Observation(value, number(value, unit), {name: value})

    return FigureExpectation(
        name=name, title=title, reason=reason, observe=observe, minimum=minimum, maximum=maximum, unit=unit
    )
