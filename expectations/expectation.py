"""Expectation types: an expectation is data, with a severity, a wording and a reason.

Belongs here: the two types of expectation (about a figure of a delivery, about its rows) and their wording.
Does not belong here: thresholds (``standalone``, ``drift``, ``suites``), validation (``gx_adapter``).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

from expectations.metrics import Metrics
from sources.profiling.profile import Severity

SHARE = "share"
"""Unit of a number between 0 and 1 that is displayed as a percentage."""

CORRECT_AND_RESEND = "请核对台账,更正后重新报送;确属实际情况的,请向牵头部门书面说明。"


@dataclass(frozen=True)
class Observation:
    """The observed value of a figure or row rule in one delivery."""

    value: float | None
    """The number to compare with the bounds; None if the expectation does not apply to this delivery."""
    text: str
    """The value in Chinese, with the counts behind it; never a cell value."""
    metrics: Mapping[str, float] = field(default_factory=dict)
    """Numbers to record, under the same keys every month."""


Bound = float | str | None
"""A number, or the name of a suite parameter whose value is set when the delivery is judged."""


@dataclass(frozen=True, eq=False)
class Expectation:
    """The attributes of every expectation; ``title`` and ``reason`` are Chinese and end without a full stop."""

    name: str
    title: str
    reason: str
    group: str = "domain"
    severity: Severity = "warning"
    advice: str = CORRECT_AND_RESEND

    def expected(self, parameters: Mapping[str, float]) -> str:
        """Word the threshold in Chinese; a parameter that is missing from ``parameters`` appears by name."""
        raise NotImplementedError

    def sentence(self) -> str:
        """Word the expectation in Chinese, without a result."""
        weight = "不符合则拒收" if self.severity == "critical" else "不符合则提醒"
        return f"{self.title}:{self.expected({})}({weight})。{self.reason}。"


@dataclass(frozen=True, eq=False, kw_only=True)
class FigureExpectation(Expectation):
    """Expect a figure of the whole delivery to be between two bounds, both inclusive."""

    observe: Callable[[Metrics], Observation]
    minimum: Bound = None
    maximum: Bound = None
    unit: str = SHARE

    def expected(self, parameters: Mapping[str, float]) -> str:
        """Word the bounds: ``不低于 …``, ``不超过 …``, both, or ``没有`` for a maximum of zero."""
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
    """Expect a rule to hold in at least the share ``mostly`` of the accepted rows that it applies to."""

    mask: pl.Expr
    """Boolean per accepted row: true if the rule holds, false if it fails, null if it does not apply."""
    mostly: float

    def expected(self, parameters: Mapping[str, float]) -> str:
        """Word the share of rows in which the rule must hold."""
        return f"至少 {number(self.mostly, SHARE)} 的行符合" if self.mostly < 1 else "所有行符合"


def as_shown(value: float, unit: str) -> float:
    """Round to at most two decimals, a share as a percentage; truncate shares, so that 94.997 % never reads 95 %."""
    return math.floor(round(value * 10_000, 6)) / 100 if unit == SHARE else round(value, 2)


def number(value: float, unit: str) -> str:
    """Format a number with its unit, rounded by ``as_shown``."""
    shown = as_shown(value, unit)
    if unit == SHARE:
        return f"{shown:g}%"
    text = f"{shown:,.2f}".rstrip("0").rstrip(".")
    return text + unit if unit == "%" else f"{text} {unit}"


def row_rule(
    name: str, title: str, holds: pl.Expr, reason: str, *, where: pl.Expr | None = None, mostly: float = 0.99
) -> RowExpectation:
    """Declare a warning about rows: ``holds`` must be true if ``where`` is; a null in either leaves the row out."""
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
    """Declare a warning about one number over all accepted rows; fewer than ``at_least_rows`` rows are not judged.

    ``measure`` aggregates the accepted rows to one number; null or NaN means that there is nothing to judge.
    """

    def observe(metrics: Metrics) -> Observation:
        if metrics.accepted_count < at_least_rows:
            return Observation(None, f"接收 {metrics.accepted_count} 行,少于 {at_least_rows} 行,不作判断")
        value = metrics.accepted_rows.select(measure.cast(pl.Float64)).item()
        if value is None or math.isnan(value):
            return Observation(None, "没有可判断的行")
        return Observation(value, number(value, unit), {name: value})

    return FigureExpectation(
        name=name, title=title, reason=reason, observe=observe, minimum=minimum, maximum=maximum, unit=unit
    )
