"""Define the due dates of deliveries as an asset, with an alarm for each department.

Belongs here: one asset, a check per department. Does not belong here: finding late datasets
(``orchestration.punctuality``), the time of the daily check (``schedules``).
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    MaterializeResult,
    MetadataValue,
    asset,
)

from orchestration.assets import labels, specs
from orchestration.assets.month_result import MonthResult
from orchestration.assets.reference import DELIVERIES
from orchestration.assets.tables import markdown
from orchestration.partitions import MONTHS, ONE_BY_ONE, month_of
from orchestration.punctuality import Standing, sentence, standings
from orchestration.resources import Platform
from orchestration.runtime import failures
from orchestration.working_days import ZONE
from sources.contracts.model import Contracts, Department
from sources.landing.changes import changed
from sources.landing.places import own, places_of
from sources.months import Month

CALENDAR = AssetKey(["intake", "calendar"])


def calendar_asset(contracts: Contracts) -> AssetsDefinition:
    """Build the asset that shows due, late and missing datasets by department and month."""
    alarms = {name: f"{name}_on_time" for name in contracts}

    @asset(
        key=CALENDAR,
        deps=[DELIVERIES],
        **specs.about("acceptance", "office"),
        kinds={"parquet"},
        partitions_def=MONTHS,
        backfill_policy=ONE_BY_ONE,
        config_schema={},
        description="报送日历:每个部门本月应报哪些表、何时截止、何时收到;逾期未报的部门告警(北京时间)。",
        check_specs=[
            AssetCheckSpec(alarms[name], asset=CALENDAR, description=f"{about.label}:逾期未报告警")
            for name, about in contracts.items()
        ],
    )
    def due_dates(context: AssetExecutionContext, platform: Platform) -> Iterator[MaterializeResult[Any]]:
        settings, month, today = platform.settings, month_of(context), datetime.now(ZONE).date()
        home = settings.paths
        with failures.redacted(home, "查看报送日历"):
            all_standings = {name: standings(home, about, month) for name, about in contracts.items()}
            places = places_of(home, contracts, settings.locations)
            waiting = {name: bool(changed(home, own(places, name), month)) for name in contracts}
        results = [
            _alarm(alarms[name], contracts[name], month, all_standings[name], waiting[name], today)
            for name in contracts
        ]
        yield MaterializeResult(metadata=_metadata(contracts, all_standings, today), check_results=results)

    return due_dates


def _alarm(
    name: str, department: Department, month: Month, due: Sequence[Standing], has_new_files: bool, today: date
) -> AssetCheckResult:
    missing = [s.dataset for s in due if s.is_missing(today)]
    late = [s for s in due if s.days_late]
    return MonthResult(
        check_name=name,
        asset_key=CALENDAR,
        passed=not missing,
        severity=AssetCheckSeverity.ERROR,
        description=sentence(department, month, due, has_new_files, today),
        metadata={"应报": len(due), "逾期未报": len(missing), "晚报": len(late)},
    )


def _metadata(contracts: Contracts, due: dict[str, list[Standing]], today: date) -> dict[str, Any]:
    rows = [
        (contracts[name].label, s.dataset.label, s.due_on, s.received_on or "-", _standing(s, today))
        for name, of_department in due.items()
        for s in of_department
    ]
    table = markdown(("部门", "数据表", "截止", "首次收到", "情况"), rows)
    counts = {f"missing_{name}": sum(s.is_missing(today) for s in owed) for name, owed in due.items()}
    return labels.shown({"calendar": MetadataValue.md(table), **counts})


def _standing(standing: Standing, today: date) -> str:
    if standing.received_on:
        return f"晚 {standing.days_late} 天" if standing.days_late else "按时"
    return "逾期未报" if standing.is_missing(today) else "未到期"
