"""Define the pages of a published month as assets: tables to read, and numbers that Dagster plots over the months.

Belongs here: showing the pages. Does not belong here: their content (``publishing.month_pages``, ``status_page``).
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from dagster import AssetExecutionContext, AssetKey, AssetsDefinition, Failure, MaterializeResult, MetadataValue, asset

from orchestration.assets import specs, status_page
from orchestration.assets.published import PUBLISHED
from orchestration.assets.tables import markdown
from orchestration.dbt.seeds import rows_of
from orchestration.partitions import MONTHS, ONE_BY_ONE, month_of
from orchestration.publishing.month_pages import MonthReport, Names, indicators, reconciliation
from orchestration.publishing.version import current
from orchestration.resources import Platform
from orchestration.runtime import failures
from orchestration.status.month import month_status
from orchestration.working_days import ZONE
from sources.contracts.model import Contracts
from sources.months import Month

RECONCILIATION = "month_reconciliation"
Read = Callable[[Path, Month, Names], MonthReport]
_REPORTS: dict[str, tuple[Read, str]] = {
    RECONCILIATION: (
        reconciliation,
        "本月对账:本月情况、各部门交付的行数平衡与评分、部门之间的冲突、监测对象的期初期末、未筛查的规则、历次更正。",
    ),
    "month_indicators": (
        indicators,
        "本月指标:全区各项指标的数值、目标和较上月变化,不能计算的说明原因;各镇街考核得分。",
    ),
}


def report_assets(contracts: Contracts) -> list[AssetsDefinition]:
    """Build one asset per page; it reads the published file, as BI tools do."""
    return [_page(contracts, name, read, description) for name, (read, description) in _REPORTS.items()]


def _page(contracts: Contracts, name: str, read: Read, description: str) -> AssetsDefinition:
    @asset(
        key=AssetKey([name]),
        deps=[PUBLISHED],
        **specs.about("published", "office"),
        kinds={"duckdb"},
        partitions_def=MONTHS,
        backfill_policy=ONE_BY_ONE,
        config_schema={},
        description=description,
    )
    def page(context: AssetExecutionContext, platform: Platform) -> MaterializeResult[Any]:
        home, month = platform.settings.paths, month_of(context)
        version = current(home.published)
        if version is None or str(month) not in version.months:
            text = f"{month} 还没有发布。请在同一次运行中一并选择 published_marts 及其上游,或运行整个 monthly_run。"
            raise Failure(description=text, allow_retries=False)
        with failures.redacted(home, "汇总本月结果"):
            report, top = read(home.published, month, _names(contracts)), {}
            if name == RECONCILIATION:
                status = month_status(home, contracts, month, datetime.now(ZONE).date())
                top = status_page.summary(status, contracts, context.run.run_id)
        tables = {
            title: MetadataValue.md(markdown(head, rows) if rows else "无。")
            for title, (head, rows) in report.tables.items()
        }
        return MaterializeResult(metadata={**top, **tables, **report.numbers})

    return page


def _names(contracts: Contracts) -> Names:
    rules = {rule["rule_code"]: f"{rule['rule_code']} {rule['name_zh']}" for rule in rows_of("conflict_rules")}
    return rules | {name: department.label for name, department in contracts.items()}
