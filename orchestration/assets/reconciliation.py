"""The month's reconciliation as an asset: one page of tables, and numbers that are plotted over the months.

Belongs here: showing it. Does not belong here: what it says (``publishing.report``).
"""

from typing import Any

from dagster import AssetExecutionContext, AssetKey, MaterializeResult, MetadataValue, asset

from orchestration import failures
from orchestration.assets.published import PUBLISHED
from orchestration.partitions import MONTHS, ONE_BY_ONE, month_of
from orchestration.publishing.report import month_report
from orchestration.resources import Platform
from orchestration.tables import markdown


@asset(
    key=AssetKey(["month_reconciliation"]),
    deps=[PUBLISHED],
    group_name="published",
    partitions_def=MONTHS,
    backfill_policy=ONE_BY_ONE,
    description="**本月对账**:各部门交付的行数平衡与评分、部门之间的冲突、监测对象的期初期末、未筛查的规则、历次更正,一页看完。",
)
def month_reconciliation(context: AssetExecutionContext, platform: Platform) -> MaterializeResult[Any]:
    """Read from the published file, as BI tools do."""
    home = platform.settings.paths
    with failures.masked(home, "汇总本月对账"):
        report = month_report(home.published, month_of(context))
    tables = {
        name: MetadataValue.md(markdown(head, rows) if rows else "无。") for name, (head, rows) in report.tables.items()
    }
    return MaterializeResult(metadata={**report.numbers, **tables})
