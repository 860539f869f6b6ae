"""Define the page that says how a month is as an asset, with checks: is it complete, published, up to date.

Belongs here: one asset, its checks, and the same check of other months that a run has made outdated or current again.
Does not belong here: the facts (``orchestration.status``), how they are shown (``status_page``).
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from dagster import (
    AssetCheckEvaluation,
    AssetCheckKey,
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    DagsterEvent,
    DagsterEventType,
    DagsterInstance,
    DagsterRun,
    MaterializeResult,
    asset,
)
from dagster._core.event_api import PartitionKeyFilter

from orchestration.assets import specs, status_page
from orchestration.assets.extracts import key_of
from orchestration.assets.month_result import MonthResult
from orchestration.partitions import MONTHS, ONE_BY_ONE, month_of
from orchestration.resources import Platform
from orchestration.runtime import failures
from orchestration.status.month import MonthStatus, month_status
from orchestration.working_days import ZONE
from sources.acceptance.provenance import computed_months
from sources.contracts.model import Contracts
from sources.months import Month

MONTH_STATUS = AssetKey(["month_status"])
COMPLETE, PUBLISHED, UP_TO_DATE = "complete", "published", "up_to_date"
LAST_OF_ALL = {"dagster/priority": "-2"}
"""Of the steps that can run, the executor takes this one last: after publishing, and also if dbt or publishing failed.

A dependency on what is published would skip it in just the months of which it has most to say.
"""


def month_status_asset(contracts: Contracts) -> AssetsDefinition:
    """Build the asset that shows how a month is: its tables, the version, the outdated months."""

    @asset(
        key=MONTH_STATUS,
        deps=[key_of(dataset) for dataset in contracts.datasets],
        **specs.about("published", "office"),
        kinds={"parquet"},
        partitions_def=MONTHS,
        backfill_policy=ONE_BY_ONE,
        config_schema={},
        op_tags=LAST_OF_ALL,
        check_specs=[
            AssetCheckSpec(COMPLETE, asset=MONTH_STATUS, description="本月应报的表是否都已接收"),
            AssetCheckSpec(
                PUBLISHED, asset=MONTH_STATUS, description="本月现在的数据是否已算出并发布;读者看到的是哪一版"
            ),
            AssetCheckSpec(UP_TO_DATE, asset=MONTH_STATUS, description="已发布的月份是否因数据有变而过时"),
        ],
        description="本月情况:每个部门的每张表是否收到、接收、退回(及原因)、晚报、未到期;缺表的后果;发布的版本;"
        "过时的月份。计算或发布失败的月份也有。",
    )
    def status(context: AssetExecutionContext, platform: Platform) -> Iterator[MaterializeResult[Any]]:
        home, month, today = platform.settings.paths, month_of(context), datetime.now(ZONE).date()
        with failures.redacted(home, "汇总本月情况"):
            found = month_status(home, contracts, month, today)
            others = [m for m in computed_months(home) if m != month]
        for other in others:
            _tell(context.instance, context.run, found, other, contracts)
        run_id = context.run.run_id
        if tags := status_page.signs(found, contracts):
            context.instance.add_run_tags(run_id, tags)
        failed = _failed_steps(context.instance, run_id)
        shown = status_page.summary(found, contracts, run_id, failed) | status_page.details(found, contracts)
        results = [_complete(found), _published(found, failed), _up_to_date(found, month, contracts)]
        yield MaterializeResult(metadata=shown, check_results=results)

    return status


def _complete(status: MonthStatus) -> AssetCheckResult:
    must_act = status.level == "act"
    return MonthResult(
        check_name=COMPLETE,
        asset_key=MONTH_STATUS,
        passed=status.level == "ok",
        severity=AssetCheckSeverity.ERROR if must_act else AssetCheckSeverity.WARN,
        description=status_page.completeness(status),
    )


def _failed_steps(instance: DagsterInstance, run_id: str) -> dict[str, str]:
    """Map the failed steps of a run to their messages for people."""
    entries = instance.all_logs(run_id, of_type=DagsterEventType.STEP_FAILURE)
    failures = [(e.step_key or "", e.dagster_event.step_failure_data) for e in entries if e.dagster_event]
    return {step: (f.user_failure_data and f.user_failure_data.description) or "原因见运行日志" for step, f in failures}


def _published(status: MonthStatus, failed: Mapping[str, str]) -> AssetCheckResult:
    """Check that readers see the month as it is accepted now; an error if a step of the run failed."""
    return MonthResult(
        check_name=PUBLISHED,
        asset_key=MONTH_STATUS,
        passed=status.is_current and not failed,
        severity=AssetCheckSeverity.ERROR if failed else AssetCheckSeverity.WARN,
        description=status_page.publication(status, failed),
    )


def _up_to_date(status: MonthStatus, month: Month, contracts: Contracts) -> AssetCheckResult:
    """Check that neither ``month`` nor a month that looks back on it is published from former rows.

    A warning: the command line and the sensor mend it by themselves, minutes later.
    """
    found = status.outdated_with(month)
    return MonthResult(
        check_name=UP_TO_DATE,
        asset_key=MONTH_STATUS,
        passed=not found,
        severity=AssetCheckSeverity.WARN,
        description=status_page.up_to_date(found, month, contracts),
        metadata={"过时的月份数": len(found)},
    )


def _tell(instance: DagsterInstance, run: DagsterRun, status: MonthStatus, month: Month, contracts: Contracts) -> None:
    """Record the check of another month if it has changed: a run makes later months outdated, or current again."""
    result, last = _up_to_date(status, month, contracts), _last_evaluation(instance, month)
    if last is None and result.passed:
        return
    if last is None or (last.passed, last.description) != (result.passed, result.description):
        evaluation = AssetCheckEvaluation(
            asset_key=MONTH_STATUS,
            check_name=UP_TO_DATE,
            passed=result.passed,
            severity=result.severity,
            description=result.description,
            metadata=result.metadata,
            partition=str(month),
        )
        # An event of the run, because Dagster keeps one event without a run per check and month, and refuses the next.
        event = DagsterEvent(
            DagsterEventType.ASSET_CHECK_EVALUATION.value, run.job_name, event_specific_data=evaluation
        )
        instance.report_dagster_event(event, run.run_id)


def _last_evaluation(instance: DagsterInstance, month: Month) -> AssetCheckEvaluation | None:
    records = instance.event_log_storage.get_asset_check_execution_history(
        AssetCheckKey(MONTH_STATUS, UP_TO_DATE), limit=1, partition_filter=PartitionKeyFilter(key=str(month))
    )
    return records[0].evaluation if records else None
