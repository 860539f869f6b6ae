"""Judge whether a delivery of a table is admissible.

Belongs here: the public functions (``judge``, ``groups``, ``prepare``) and the wording of results.
Does not belong here: thresholds (``standalone``, ``drift``, ``suites``), Great Expectations (``gx_adapter``).
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from expectations.drift import WARN_PCT, drift_rules
from expectations.expectation import SHARE, Expectation, FigureExpectation, Observation, RowExpectation, number
from expectations.metrics import Metrics
from expectations.standalone import standalone_rules
from expectations.suites import SUITES
from sources.contracts.model import Dataset
from sources.profiling.profile import DeliveryProfile, ExpectationResult, Severity, Verdict
from sources.text import masked

_LOG = logging.getLogger(__name__)
MAX_SHOWN_REFUSALS = 3

_TITLES = {
    "structure": ("文件与表头", "文件能否读取、表头和单位是否符合规定表式"),
    "completeness": ("数据完整", "是否有数据、合格行是否足够"),
    "ids": ("身份证号", "号码是否有效、是否被当作数值处理过"),
    "keys": ("主键唯一", "同一对象是否出现内容不同的多行"),
    "volume": ("数据量", "行数和镇街与上期相比是否合理"),
    "timeliness": ("数据月份", "日期是否属于报送月份"),
    "totals": ("合计与量级", "合计数是否相符、数值量级与上期相比是否合理"),
    "domain": ("业务规则", "本表各项之间的关系是否合理"),
}


@dataclass(frozen=True)
class Group:
    """A set of expectations that is displayed as one check."""

    name: str
    title: str
    description: str
    severities: tuple[Severity, ...]
    """``critical`` first if the group has a critical expectation."""
    expectations: tuple[str, ...]
    """One Chinese sentence per expectation: threshold, consequence, reason."""


@cache
def expectations_of(dataset: Dataset) -> tuple[Expectation, ...]:
    """List the expectations of a dataset, in the order of their results; names are unique within it."""
    return (*standalone_rules(dataset), *drift_rules(dataset), *SUITES.get(dataset.name, ()))


def groups(dataset: Dataset) -> tuple[Group, ...]:
    """List the groups of a dataset; ``judge`` returns at least one result in each of them."""
    declared = expectations_of(dataset)
    return tuple(
        Group(
            name=name,
            title=title,
            description=f"{dataset.label}:{description}",
            severities=tuple(sorted({e.severity for e in declared if e.group == name})),
            expectations=tuple(e.sentence() for e in declared if e.group == name),
        )
        for name, (title, description) in _TITLES.items()
        if any(e.group == name for e in declared)
    )


@cache
def prepare() -> None:
    """Start importing Great Expectations in a thread, while the first table is read: the import takes seconds."""
    # Great Expectations imports it too. While it is half imported, queries of other threads raise AttributeError, and
    # Dagster makes queries (findings/sqlalchemy_orm_half_imported.sh).
    import sqlalchemy.orm

    assert sqlalchemy.orm  # noqa: S101

    def load() -> None:
        from expectations import gx_adapter

        assert gx_adapter  # noqa: S101

    threading.Thread(target=load, name="great_expectations").start()


def judge(profile: DeliveryProfile) -> Verdict:
    """Judge one delivery; an expectation that cannot be evaluated is a failed critical result, never an exception."""
    # Importing Great Expectations takes seconds; declaring expectations must not pay for it.
    from expectations import gx_adapter

    declared = expectations_of(profile.dataset)
    metrics = Metrics(profile)
    parameters = {WARN_PCT: profile.row_count_change_warn_pct}
    figures = [e for e in declared if isinstance(e, FigureExpectation)]
    rules = [e for e in declared if isinstance(e, RowExpectation)]
    observed = _observe(figures, metrics)
    values = {name: _value(o) for name, o in observed.items()}
    outcomes = gx_adapter.judge_figures(figures, values, parameters)
    outcomes |= gx_adapter.judge_rows(rules, metrics.accepted_rows)
    results = []
    for expectation in declared:
        result = outcomes.get(expectation.name, gx_adapter.Result(passed=False, raised=True))
        observation = observed.get(expectation.name) or _row_observation(
            expectation.name, result.applicable, result.unexpected
        )
        if result.raised:
            results.append(_evaluation_failure(profile, expectation))
        else:
            results.append(_result(profile, expectation, observation, result.passed, parameters))
    return Verdict(tuple(results))


def _observe(figures: list[FigureExpectation], metrics: Metrics) -> dict[str, Observation]:
    """Observe figures, by name; leave out one that raises, so that Great Expectations reports it as an exception."""
    observed = {}
    for expectation in figures:
        try:
            observation = expectation.observe(metrics)
            if observation.value is not None and math.isnan(observation.value):
                raise ArithmeticError("not a number")
            observed[expectation.name] = observation
        except Exception as error:
            # Log the type only: the message may quote a cell.
            _LOG.error("figure %s cannot be computed: %s", expectation.name, type(error).__name__)
    return observed


def _value(observation: Observation) -> float:
    return math.nan if observation.value is None else float(observation.value)


def _row_observation(name: str, applicable: int, broken: int) -> Observation:
    """Build the observation of a row rule from the counts of Great Expectations."""
    if not applicable:
        return Observation(None, "没有适用的行", {f"{name}_rows": 0})
    kept = (applicable - broken) / applicable
    text = f"适用的 {applicable} 行中 {broken} 行不符(符合率 {number(kept, SHARE)})"
    return Observation(kept, text, {f"{name}_rows": applicable, f"{name}_share": kept})


def _result(
    profile: DeliveryProfile,
    expectation: Expectation,
    observation: Observation,
    passed: bool,
    parameters: Mapping[str, float],
) -> ExpectationResult:
    expected = expectation.expected(parameters)
    subject = f"《{profile.dataset.label}》{profile.month}:{expectation.title}"
    if passed:
        message = f"{subject}:{observation.text}。"
    else:
        refusal = "本次报送不予接收。" if expectation.severity == "critical" else ""
        reasons = f"{expectation.reason}。{_refusals(profile) if expectation.group == 'structure' else ''}"
        message = f"{subject},要求{expected},实际:{observation.text}。{reasons}{refusal}{expectation.advice}"
    return ExpectationResult(
        group=expectation.group,
        name=expectation.name,
        severity=expectation.severity,
        passed=passed,
        observed=observation.text,
        expected=expected,
        message=message,
        metrics=dict(observation.metrics),
    )


def _refusals(profile: DeliveryProfile) -> str:
    """Word for the department why files were refused, with digit runs that look like ids masked."""
    if not profile.refusals:
        return ""
    shown = ";".join(r.rstrip("。") for r in profile.refusals[:MAX_SHOWN_REFUSALS])
    more = "等" if len(profile.refusals) > MAX_SHOWN_REFUSALS else ""
    return f"拒读原因:{masked(shown)}{more}。"


def _evaluation_failure(profile: DeliveryProfile, expectation: Expectation) -> ExpectationResult:
    subject = f"《{profile.dataset.label}》{profile.month}:{expectation.title}"
    return ExpectationResult(
        group=expectation.group,
        name=expectation.name,
        severity="critical",
        passed=False,
        observed="检查出错,没有结果",
        expected=expectation.expected({WARN_PCT: profile.row_count_change_warn_pct}),
        message=f"{subject}:检查出错,没有结果,按不符合处理,本次报送暂不接收。请与系统管理员联系,无需修改数据。",
    )
