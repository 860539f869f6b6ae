"""Find failed runs, and deliveries and counties with failed checks, in the records of the runs since the last look.

Belongs here: reading Dagster's records, whoever started the run. Does not belong here: what the checks mean
(``assets.checks``), problems of the home (``home``).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from dagster import (
    AssetCheckEvaluation,
    AssetCheckSeverity,
    DagsterEventType,
    DagsterInstance,
    DagsterRun,
    DagsterRunStatus,
    RunsFilter,
)
from dagster._core.storage.tags import AUTO_RETRY_RUN_ID_TAG, PARTITION_NAME_TAG

from orchestration.assets import COUNTY, LANDING, OUTBOX
from orchestration.assets.checks import DELIVERED, DELIVERIES
from orchestration.assets.tables import unescaped
from orchestration.automation.alerts.problems import Problem
from orchestration.automation.jobs import LATE_DEPARTMENTS
from orchestration.runtime.dead_runs import REASON
from sources.contracts.model import Contracts

_ENDED = [DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE, DagsterRunStatus.CANCELED]
_OVERLAP = timedelta(days=1)
"""Runs are looked for at least so long before the last look; those that were looked at are left out by their id."""


@dataclass
class Looked:
    """The problems of the runs that ended, the keys that they decide about, and the runs to remember."""

    problems: dict[str, Problem] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    since: str = ""
    runs: list[str] = field(default_factory=list)


def look(instance: DagsterInstance, contracts: Contracts, former: str, seen: Collection[str], now: datetime) -> Looked:
    """Read the runs that ended since then and were not seen, in the order in which they ended: the last one decides."""
    # Dagster's storage takes every time for one in UTC, whatever its zone.
    start = datetime.fromisoformat(former).astimezone(UTC)
    records = instance.get_run_records(RunsFilter(statuses=_ENDED, updated_after=start))
    since = start if now - start < 2 * _OVERLAP else now - _OVERLAP
    looked = Looked(since=since.isoformat(), runs=[r.dagster_run.run_id for r in records])
    for record in sorted(records, key=lambda r: r.end_time or 0.0):
        if (run := record.dagster_run).run_id not in seen:
            if run.status == DagsterRunStatus.FAILURE and AUTO_RETRY_RUN_ID_TAG not in run.tags:
                failed = _failed(run, list(_reasons(instance, run)))
                looked.problems[failed.key] = failed
            for (asset, month), checks in _checks(instance, run).items():
                if asset[0] == COUNTY:
                    _judge(looked, "county", asset, month, None, checks)
                elif (department := _department(asset, contracts)) is not None:
                    _judge(looked, "delivery", asset, month, department, checks)
    return looked


def _failed(run: DagsterRun, reasons: Sequence[str]) -> Problem:
    month = run.tags.get(PARTITION_NAME_TAG, "")
    what = "查看报送日历" if run.job_name == LATE_DEPARTMENTS else "运行"
    more = f"(另有 {len(reasons) - 1} 处出错)" if len(reasons) > 1 else ""
    text = f"{month} 的{what}没有完成(运行 {run.run_id[:8]}):{reasons[0] if reasons else REASON}{more}"
    return Problem(
        key=f"failed_run/{run.run_id}",
        kind="failed_run",
        parts=frozenset({"failed"}),
        text=text.strip(),
        path=f"/runs/{run.run_id}",
    )


def _reasons(instance: DagsterInstance, run: DagsterRun) -> Iterator[str]:
    """Yield the reasons of a failure that were written for people; the text of any other error might quote a cell."""
    records = instance.get_records_for_run(run.run_id, of_type=DagsterEventType.STEP_FAILURE).records
    for event in (record.event_log_entry.dagster_event for record in records):
        if event is not None:
            told = event.step_failure_data.user_failure_data
            yield (told and told.description) or f"步骤 {event.step_key} 出错,详情见运行的页面。"


def _checks(
    instance: DagsterInstance, run: DagsterRun
) -> Mapping[tuple[tuple[str, ...], str], list[AssetCheckEvaluation]]:
    """Group the results of a run by asset and month."""
    found = defaultdict(list)
    records = instance.get_records_for_run(run.run_id, of_type=DagsterEventType.ASSET_CHECK_EVALUATION).records
    for event in (record.event_log_entry.dagster_event for record in records):
        if event is not None:
            result = event.asset_check_evaluation_data
            month = result.partition or run.tags.get(PARTITION_NAME_TAG, "")
            found[tuple(result.asset_key.path), month].append(result)
    return found


def _department(asset: Sequence[str], contracts: Contracts) -> str | None:
    """Return the department whose delivery an asset is about; None for marts and reports, and for the calendar."""
    name = asset[1] if asset[0] in (LANDING, OUTBOX) else asset[0]
    return name if name in contracts else None


def _judge(
    looked: Looked,
    kind: Literal["delivery", "county"],
    asset: Sequence[str],
    month: str,
    department: str | None,
    checks: Sequence[AssetCheckEvaluation],
) -> None:
    """Take over what a run says about one asset: a problem, or that there is none."""
    key = f"{kind}/{month}/{'/'.join(asset)}"
    looked.keys.add(key)
    looked.problems.pop(key, None)
    broken = [check for check in checks if not check.passed and not _is_late(check)]
    if broken:
        looked.problems[key] = Problem(
            key=key,
            kind=kind,
            parts=frozenset(_part(check) for check in broken),
            text=_text(broken),
            department=department,
            path=f"/assets/{'/'.join(asset)}?view=checks",
            serious=any(
                check.check_name == DELIVERED or check.severity == AssetCheckSeverity.ERROR for check in broken
            ),
        )


def _is_late(check: AssetCheckEvaluation) -> bool:
    """Return whether a check only says that nothing was delivered: that is told when it is late."""
    deliveries = check.metadata.get(DELIVERIES)
    return check.check_name == DELIVERED and deliveries is not None and deliveries.value == 0


def _part(check: AssetCheckEvaluation) -> str:
    """Digest a failed check: the same result of the same number of deliveries is nothing new."""
    deliveries = check.metadata.get(DELIVERIES)
    said = repr((check.severity.value, check.description, deliveries and deliveries.value))
    return f"{check.check_name}:{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def _text(broken: Sequence[AssetCheckEvaluation]) -> str:
    """Say what became of the delivery, with its first reason; without that check, the first error or warning."""
    in_order = sorted(broken, key=lambda c: (c.check_name != DELIVERED, c.severity != AssetCheckSeverity.ERROR))
    # The delivery's own check repeats the first reason of the others.
    others = len(broken) - (2 if in_order[0].check_name == DELIVERED else 1)
    return _words(in_order[0]) + (f"(另有 {others} 项)" if others > 0 else "")


def _words(check: AssetCheckEvaluation) -> str:
    first = (check.description or "").split("\n\n")[0]
    return unescaped(first) or f"检查 {check.check_name} 没有通过。"
