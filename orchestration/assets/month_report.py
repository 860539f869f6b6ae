"""Define the documents of a month as an asset: the report for leaders and the agenda of the joint meeting.

Belongs here: calling ``reporting``, metadata, checks. Does not belong here: the documents (``reports``).
"""

from collections.abc import Iterator
from typing import Any

from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    Failure,
    MaterializeResult,
    asset,
)

from orchestration.assets import labels, specs
from orchestration.assets.month_result import MonthResult
from orchestration.assets.published import PUBLISHED
from orchestration.partitions import MONTHS, ONE_BY_ONE, month_of
from orchestration.resources import Platform
from orchestration.runtime import failures
from workbooks.leads import NotPublishedError

KEY = AssetKey(["month_report"])
WRITTEN = "written"
CHARTS = "charts"


def month_report_asset() -> AssetsDefinition:
    """Build the asset of a month's documents; it reads the published version, as BI tools do."""

    @asset(
        key=KEY,
        deps=[PUBLISHED],
        partitions_def=MONTHS,
        backfill_policy=ONE_BY_ONE,
        config_schema={},
        **specs.about("published", "office"),
        kinds={"word"},
        check_specs=[
            AssetCheckSpec(WRITTEN, asset=KEY, description="月报和联席会议议程是否写成"),
            AssetCheckSpec(CHARTS, asset=KEY, description="月报的图表是否画成"),
        ],
        description="本月文档:给领导的月报(只用公开的数据)和联席会议议程(只供本办公室),各有 Word 和网页。"
        "版式和措辞在 Word 模板里改,见 docs/zh/report.md。",
    )
    def month_report(context: AssetExecutionContext, platform: Platform) -> Iterator[MaterializeResult[Any]]:
        from orchestration.reporting import FAULTS, write_month

        home, month = platform.settings.paths, month_of(context)
        # Documents that cannot be written do not fail the run: the month is published.
        try:
            written = write_month(platform.settings, month)
        except NotPublishedError as error:
            raise Failure(description=str(error), allow_retries=False) from None
        except Exception as error:
            text = str(error) if isinstance(error, FAULTS) else failures.in_public(home, error, "写月报")
            results = [_result(WRITTEN, text), _result(CHARTS, "月报没有写成。")]
            yield MaterializeResult(metadata=labels.shown({"message": text}), check_results=results)
            return
        files = {name: str(path.relative_to(home.root)) for name, path in written.paths.items()}
        results = [_result(WRITTEN), _result(CHARTS, written.without_charts)]
        yield MaterializeResult(metadata=labels.shown(files), check_results=results)

    return month_report


def _result(check: str, problem: str = "") -> AssetCheckResult:
    severity = AssetCheckSeverity.WARN if check == CHARTS else AssetCheckSeverity.ERROR
    return MonthResult(
        check_name=check, asset_key=KEY, passed=not problem, severity=severity, description=problem or "已写成。"
    )
