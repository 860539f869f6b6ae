"""The result of a dbt data test says in words what was found, and keeps dbt's verdict."""

from __future__ import annotations

from typing import Any

import pytest
from dagster import AssetCheckResult, AssetCheckSeverity, AssetKey

from orchestration.assets.data_test_result import data_test_result
from orchestration.dbt import manifest
from sources.months import Month

TEST = next(id_ for id_ in manifest.load()["nodes"] if id_.startswith("test.shouwang.not_null_risk_leads_due_on"))


def _result(passed: bool, severity: AssetCheckSeverity, figures: dict[str, Any]) -> AssetCheckResult:
    metadata = {"unique_id": TEST, "invocation_id": "x", "status": "pass", "Execution Duration": 0.23351, **figures}
    return AssetCheckResult(
        passed=passed, asset_key=AssetKey(["marts", "a"]), check_name="due", severity=severity, metadata=metadata
    )


@pytest.mark.parametrize(
    ("passed", "severity", "count", "text"),
    [
        (True, AssetCheckSeverity.ERROR, 0, "2021-06:没有不符。要求:due_on 没有空值。"),
        (False, AssetCheckSeverity.WARN, 2, "2021-06:2 处不符。要求:due_on 没有空值。"),
        (False, AssetCheckSeverity.ERROR, 3, "2021-06:3 处不符。要求:due_on 没有空值。"),
    ],
)
def test_a_verdict_in_words(passed: bool, severity: AssetCheckSeverity, count: int, text: str) -> None:
    result = data_test_result(_result(passed, severity, {"dagster_dbt/failed_row_count": count}), Month(2021, 6))
    assert (result.passed, result.severity, result.description) == (passed, severity, text)
    shown = {name: entry.value for name, entry in result.metadata.items()}
    assert shown == {"不符": count, "用时(秒)": 0.23, "dbt 测试": TEST}


def test_a_test_that_could_not_be_executed_has_no_count() -> None:
    result = data_test_result(_result(False, AssetCheckSeverity.ERROR, {}), Month(2021, 6))
    assert result.description == "2021-06:没有结果,检验出错。要求:due_on 没有空值。"
    assert "不符" not in result.metadata
