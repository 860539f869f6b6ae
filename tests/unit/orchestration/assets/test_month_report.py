"""What the step of the month's documents does if they cannot be written: its check fails, the run goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from dagster import AssetCheckSeverity, ExecuteInProcessResult, materialize

from orchestration import reporting
from orchestration.assets import labels
from orchestration.assets.month_report import month_report_asset
from orchestration.resources import make_resources
from reports.template_error import TemplateError
from reports.write import Documents


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty data home that the settings name."""
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def run(monkeypatch: pytest.MonkeyPatch, done: Documents | Exception) -> ExecuteInProcessResult:
    """Run the step with documents that were written, or an error."""

    def write(*_: Any) -> Documents:
        if isinstance(done, Exception):
            raise done
        return done

    monkeypatch.setattr(reporting, "write_month", write)
    return materialize(
        [month_report_asset()], partition_key="2021-06", resources=make_resources("duckdb"), raise_on_error=False
    )


def checks(result: ExecuteInProcessResult) -> dict[str, tuple[bool, AssetCheckSeverity, str]]:
    return {
        found.check_name: (found.passed, found.severity, found.description or "")
        for found in result.get_asset_check_evaluations()
    }


def test_the_documents_are_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = {"report": "a.docx", "page": "a.html", "agenda": "b.docx", "agenda_page": "b.html"}
    result = run(monkeypatch, Documents({name: home / file for name, file in names.items()}, ""))
    [event] = result.get_asset_materialization_events()
    shown = {name: value.value for name, value in event.materialization.metadata.items()}
    assert {name: shown[labels.label(name)] for name in names} == names
    assert all(passed for passed, _, _ in checks(result).values())


def test_missing_charts_are_a_warning(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = checks(run(monkeypatch, Documents({}, "没有字体")))
    assert found["charts"] == (False, AssetCheckSeverity.WARN, "没有字体")
    assert found["written"][0]


def test_a_wrong_template_fails_the_check_and_not_the_run(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    error = TemplateError(Path("本县.docx"), "没有名为“甲”的变量。")
    result = run(monkeypatch, error)
    assert result.success
    assert checks(result)["written"] == (False, AssetCheckSeverity.ERROR, str(error))


def test_an_unexpected_error_is_not_quoted(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(monkeypatch, ValueError("张三"))
    assert result.success
    said = checks(result)["written"][2]
    assert "张三" not in said
    assert "restricted/errors" in said
