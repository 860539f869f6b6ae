"""Define the asset checks of a dataset: one for its delivery, and one per group of expectations, in words for people.

Belongs here: check specs, converting verdicts into check results.
Does not belong here: expectations and their thresholds (``expectations``), data tests (dbt), what a month does without
a table (``status.lacking``).

An error asks somebody to act, a warning asks somebody to look. Every check of a run gets a result, also where there is
nothing to check: Dagster shows a check without a result as skipped, as if it had been forgotten.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from dagster import AssetCheckResult, AssetCheckSeverity, AssetCheckSpec, AssetKey, MetadataValue

from expectations.figures import figures
from expectations.gate import Group, groups
from orchestration.assets.month_result import MonthResult
from orchestration.assets.tables import literal, markdown
from orchestration.status.lacking import consequences
from sources.acceptance.outcome import DatasetOutcome
from sources.contracts.model import Dataset
from sources.profiling.profile import ExpectationResult

DELIVERED = "delivered"
CHECKED, NOT_MET = "检查项", "不符项"
"""Names of the figures that every result of a group has; 0 checked items: there was nothing to check."""
DELIVERIES = "批次数"
"""Name of the figure of ``delivered`` that counts the deliveries of the month."""
_STATUS = {"accepted": "已接收", "rejected": "已退回,未接收", "not_delivered": "未报送"}
_YES_NO = {True: "是", False: "否"}


def dataset_checks(dataset: Dataset, key: AssetKey) -> Iterator[AssetCheckSpec]:
    """Yield the checks of a dataset: its delivery, then each group of its expectations."""
    yield AssetCheckSpec(DELIVERED, asset=key, description=f"{dataset.label}:是否按期报送并被接收")
    for group in groups(dataset):
        # The list of checks shows Markdown as it is, so that the text has only signs that read well either way.
        sentences = "\n".join(f"- {sentence}" for sentence in group.expectations)
        yield AssetCheckSpec(group.name, asset=key, description=f"{group.title}:{group.description}\n\n{sentences}")


def dataset_results(
    outcome: DatasetOutcome, key: AssetKey, awaited_until: date | None = None
) -> Iterator[AssetCheckResult]:
    """Yield a result for every check of a dataset; ``awaited_until`` is the due day if it is not over."""
    yield delivered(outcome, key, awaited_until)
    standing = _standing(outcome, awaited_until)
    found = outcome.deliveries[-1].verdict.results if outcome.deliveries else ()
    for group in groups(outcome.dataset):
        if ours := [f for f in found if f.group == group.name]:
            yield _group_result(outcome, group, ours, key)
        else:
            yield _nothing_to_check(key, group, f"{outcome.dataset.label} {outcome.month} {standing}")


def not_processed(dataset: Dataset, key: AssetKey, message: str) -> Iterator[AssetCheckResult]:
    """Yield the results of a dataset that could not be taken in at all: its delivery failed, nothing was checked."""
    yield MonthResult(
        check_name=DELIVERED, asset_key=key, passed=False, severity=AssetCheckSeverity.ERROR, description=message
    )
    for group in groups(dataset):
        yield _nothing_to_check(key, group, f"{dataset.label}没有处理成功(见 {DELIVERED})")


def delivered(outcome: DatasetOutcome, key: AssetKey, awaited_until: date | None = None) -> AssetCheckResult:
    """Check that the month's delivery was accepted, or that none was made and none is overdue.

    A failure is an error: somebody must correct the delivery, or ask for it. The other tables go on. The core register
    must be there for the month to run, so that it fails before its due day as well.
    """
    dataset, due = outcome.dataset, outcome.is_expected
    is_missing = outcome.status == "not_delivered" and due and (awaited_until is None or dataset.is_core)
    text = f"{dataset.label} {outcome.month} {_standing(outcome, awaited_until)}"
    if outcome.status == "rejected":
        text += f":{literal(_first_reason(outcome).rstrip('。'))}"
    if outcome.status == "rejected" and outcome.is_in_force:
        text += "。此前批次继续有效,本月按此前批次计算"
    elif is_missing or (outcome.status == "rejected" and due):
        text += "。" + (
            "农户名册是核心数据,本月不能运行" if dataset.is_core else f"本月{consequences(dataset, outcome.month)}"
        )
    return MonthResult(
        check_name=DELIVERED,
        asset_key=key,
        passed=outcome.status != "rejected" and not is_missing,
        severity=AssetCheckSeverity.ERROR,
        description=text + "。",
        metadata={
            DELIVERIES: len(outcome.deliveries),
            "本月应报": _YES_NO[due],
            "有生效数据": _YES_NO[outcome.is_in_force],
        },
    )


def _standing(outcome: DatasetOutcome, awaited_until: date | None) -> str:
    """Word what became of the delivery, or why there is none."""
    if outcome.status != "not_delivered":
        return _STATUS[outcome.status]
    if not outcome.is_expected:
        return "未报送,本月不要求报送"
    return f"未报送,尚未到期(截止 {awaited_until})" if awaited_until else "逾期未报送"


def _first_reason(outcome: DatasetOutcome) -> str:
    """Return the gate's first reason against the newest delivery, without the table and month that it begins with."""
    results = outcome.deliveries[-1].verdict.results
    reason = next((f.message for f in results if not f.passed and f.severity == "critical"), "")
    return reason.removeprefix(f"《{outcome.dataset.label}》{outcome.month}:")


def _nothing_to_check(key: AssetKey, group: Group, because: str) -> AssetCheckResult:
    """Pass a group without claiming a check: the delivery's own check fails where somebody has to act."""
    return MonthResult(
        check_name=group.name,
        asset_key=key,
        passed=True,
        severity=AssetCheckSeverity.WARN,
        description=f"没有检查“{group.title}”:{literal(because)},没有可检查的内容。",
        metadata={CHECKED: 0, NOT_MET: 0},
    )


def _group_result(
    outcome: DatasetOutcome, group: Group, results: list[ExpectationResult], key: AssetKey
) -> AssetCheckResult:
    broken = [f for f in results if not f.passed]
    critical = any(f.severity == "critical" for f in broken)
    passed = f"{outcome.month} {group.title}:{len(results)} 项检查全部通过。"
    return MonthResult(
        check_name=group.name,
        asset_key=key,
        passed=not broken,
        severity=AssetCheckSeverity.ERROR if critical else AssetCheckSeverity.WARN,
        description="\n\n".join(literal(f.message) for f in broken) if broken else passed,
        metadata={
            "逐项结果": MetadataValue.md(_table(results)),
            CHECKED: len(results),
            NOT_MET: len(broken),
            **_metrics(outcome.dataset, results),
        },
    )


def _table(results: Iterable[ExpectationResult]) -> str:
    rows = [(_verdict(f), f.message if not f.passed else f.name, f.observed, f.expected) for f in results]
    return markdown(("结果", "检查", "实际", "要求"), rows)


def _verdict(finding: ExpectationResult) -> str:
    if finding.passed:
        return "通过"
    return "拒收" if finding.severity == "critical" else "提醒"


def _metrics(dataset: Dataset, results: Iterable[ExpectationResult]) -> dict[str, Any]:
    """Collect finite figures under the same names in every month, so that Dagster plots them over time."""
    named = figures(dataset)
    observed = {name: float(value) for f in results for name, value in f.metrics.items()}
    return {named[name].label: named[name].rounded(value) for name, value in observed.items() if math.isfinite(value)}
