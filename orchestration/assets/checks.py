"""Define the asset checks of a dataset: one for its delivery, and one per group of expectations, in words for people.

Belongs here: check specs, converting verdicts into check results, partitioning checks.
Does not belong here: expectations and their thresholds (``expectations``), data tests (dbt).
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from dagster import AssetCheckResult, AssetCheckSeverity, AssetCheckSpec, AssetKey, MetadataValue, PreviewWarning

from expectations.gate import Group, groups
from orchestration.assets.tables import literal, markdown
from orchestration.partitions import MONTHS
from sources.acceptance.outcome import DatasetOutcome
from sources.contracts.model import Dataset
from sources.profiling.profile import ExpectationResult

DELIVERED = "delivered"
_STATUS = {"accepted": "已接收", "rejected": "已退回,未接收", "not_delivered": "未报送"}


def monthly(spec: AssetCheckSpec, description: str | None = None) -> AssetCheckSpec:
    """Partition a check by month, so that it keeps a result per month.

    ``description`` is used if the check has none. Partitioned checks are a preview in Dagster, so no other module
    defines them.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PreviewWarning)
        return AssetCheckSpec(
            name=spec.name,
            asset=spec.asset_key,
            description=spec.description or description,
            additional_deps=spec.additional_deps,
            blocking=spec.blocking,
            metadata=spec.metadata,
            automation_condition=spec.automation_condition,
            partitions_def=MONTHS,
        )


def dataset_checks(dataset: Dataset, key: AssetKey) -> Iterator[AssetCheckSpec]:
    """Yield the checks of a dataset: its delivery, then each group of its expectations."""
    yield monthly(AssetCheckSpec(DELIVERED, asset=key, description=f"{dataset.label}:是否按期报送并被接收"))
    for group in groups(dataset):
        sentences = "\n".join(f"- {sentence}" for sentence in group.expectations)
        text = f"**{group.title}**:{group.description}\n\n{sentences}"
        yield monthly(AssetCheckSpec(group.name, asset=key, description=text))


def delivered(outcome: DatasetOutcome, key: AssetKey, awaited_until: date | None = None) -> AssetCheckResult:
    """Check that the month's delivery was accepted, or that none was made and none is overdue.

    ``awaited_until`` is the due day if it is not over. The core register must be there for the month to run, so that it
    fails before as well.
    """
    dataset = outcome.dataset
    due = dataset.is_due(outcome.month)
    is_overdue = due and (awaited_until is None or dataset.is_core)
    passed = outcome.status == "accepted" or (outcome.status == "not_delivered" and not is_overdue)
    text = f"{dataset.label} {outcome.month} {_STATUS[outcome.status]}"
    if outcome.status == "rejected" and outcome.is_in_force:
        text += ";此前批次继续有效"
    elif outcome.status == "not_delivered" and not due:
        text += ",本月不要求报送"
    elif outcome.status == "not_delivered" and not is_overdue:
        text += f",尚未到期(截止 {awaited_until})"
    elif not outcome.is_in_force:
        text += ";农户名册是核心数据,本月不能运行" if dataset.is_core else ";相关规则本月不筛查,相关指标不计算"
    stops = dataset.is_core and not outcome.is_in_force
    return AssetCheckResult(
        check_name=DELIVERED,
        asset_key=key,
        passed=passed,
        severity=AssetCheckSeverity.ERROR if stops else AssetCheckSeverity.WARN,
        description=text + "。",
        metadata={"deliveries": len(outcome.deliveries), "is_due": due, "is_in_force": outcome.is_in_force},
    )


def failed(key: AssetKey, message: str) -> AssetCheckResult:
    """Return the failed check of a dataset that could not be taken in at all."""
    return AssetCheckResult(
        check_name=DELIVERED, asset_key=key, passed=False, severity=AssetCheckSeverity.ERROR, description=message
    )


def judged(outcome: DatasetOutcome, key: AssetKey) -> Iterator[AssetCheckResult]:
    """Yield a result per group for the newest delivery; none if nothing was delivered, because nothing was checked."""
    if not outcome.deliveries:
        return
    results = outcome.deliveries[-1].verdict.results
    for group in groups(outcome.dataset):
        if ours := [f for f in results if f.group == group.name]:
            yield _group_result(group, ours, key)


def _group_result(group: Group, results: list[ExpectationResult], key: AssetKey) -> AssetCheckResult:
    broken = [f for f in results if not f.passed]
    critical = any(f.severity == "critical" for f in broken)
    passed = f"{group.title}:{len(results)} 项检查全部通过。"
    return AssetCheckResult(
        check_name=group.name,
        asset_key=key,
        passed=not broken,
        severity=AssetCheckSeverity.ERROR if critical else AssetCheckSeverity.WARN,
        description="\n\n".join(literal(f.message) for f in broken) if broken else passed,
        metadata={"results": MetadataValue.md(_table(results)), **_metrics(results)},
    )


def _table(results: Iterable[ExpectationResult]) -> str:
    rows = [(_verdict(f), f.message if not f.passed else f.name, f.observed, f.expected) for f in results]
    return markdown(("结果", "检查", "实际", "要求"), rows)


def _verdict(finding: ExpectationResult) -> str:
    if finding.passed:
        return "通过"
    return "拒收" if finding.severity == "critical" else "提醒"


def _metrics(results: Iterable[ExpectationResult]) -> Mapping[str, Any]:
    """Collect finite metrics by name; the names are the same in every month, so Dagster plots them over time."""
    metrics = {name: float(value) for f in results for name, value in f.metrics.items()}
    return {name: value for name, value in metrics.items() if math.isfinite(value)}
