"""The month's documents as the command line asks for them: what is refused, templates to start from."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from orchestration.commands.cli import app
from orchestration.commands.report import write_report, write_templates
from orchestration.runtime.errors import ShouwangError
from orchestration.runtime.settings import Settings
from sources.months import Month
from tests.unit.orchestration.conftest import TinyWarehouse


def test_a_month_that_is_not_published_is_refused(tiny: TinyWarehouse, tmp_path: Path) -> None:
    with pytest.raises(ShouwangError, match="没有数据目录"):
        write_report(Console(), Settings(home=tmp_path / "none"), Month(2021, 6))
    tiny.build(["2021-06"])
    tiny.publish("2021-06")
    with pytest.raises(ShouwangError, match="2021-07 还没有发布"):
        write_report(Console(), Settings(home=tiny.home.root), Month(2021, 7))


def test_templates_are_written_to_start_from(tmp_path: Path) -> None:
    folder = tmp_path / "模板"
    write_templates(Console(), folder)
    assert sorted(path.name for path in folder.iterdir()) == ["月报模板.docx", "联席会议议程模板.docx"]
    with pytest.raises(ShouwangError, match="没有改动"):
        write_templates(Console(), folder)


def test_a_month_must_be_named() -> None:
    answer = CliRunner().invoke(app, ["report"])
    assert answer.exit_code == 2
