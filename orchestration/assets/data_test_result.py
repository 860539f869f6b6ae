"""Word the result of a dbt data test for the people who see it as a check.

Belongs here: one function. Does not belong here: what a test looks for (``orchestration.dbt.data_tests``).
"""

from __future__ import annotations

from pathlib import Path

from dagster import AssetCheckResult

from orchestration.assets.month_result import MonthResult
from orchestration.assets.tables import literal
from orchestration.dbt import data_tests, manifest
from orchestration.runtime.settings import DBT_PROJECT_DIR
from sources.months import Month

BROKEN, SECONDS, TEST = "不符", "用时(秒)", "dbt 测试"
"""Names of the figures of a test, the same in every month."""


def data_test_result(result: AssetCheckResult, month: Month, project: Path = DBT_PROJECT_DIR) -> MonthResult:
    """Return what dagster-dbt says of a test, with severity and verdict as dbt gave them, in words and for the month.

    ``不符`` counts the rows that the test found; a test that could not be executed has no count.
    """
    metadata = {name: entry.value for name, entry in result.metadata.items()}
    unique_id = str(metadata["unique_id"])
    figures = [metadata.get(name) for name in ("dagster_dbt/failed_row_count", "Execution Duration")]
    count, seconds = (float(str(figure)) if figure is not None else None for figure in figures)
    found = "没有不符" if result.passed else "没有结果,检验出错" if count is None else f"{count:.0f} 处不符"
    sentence = data_tests.sentence(manifest.load(project)["nodes"][unique_id]) or result.check_name
    return MonthResult(
        passed=result.passed,
        asset_key=result.asset_key,
        check_name=result.check_name,
        severity=result.severity,
        description=f"{month}:{found}。要求:{literal(str(sentence))}。",
        metadata={
            **({} if count is None else {BROKEN: int(count)}),
            **({} if seconds is None else {SECONDS: round(seconds, 2)}),
            TEST: unique_id,
        },
    )
