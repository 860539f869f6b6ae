"""``shouwang doctor --sources`` says of every location how far one gets, and what to do; it changes nothing."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.commands import try_sources
from orchestration.commands.cli import app
from orchestration.commands.doctor import Answer
from orchestration.runtime.settings import Settings
from sources.landing.transport.files import FilesSource
from sources.landing.transport.folder import FolderLocation
from sources.landing.transport.source import Source
from sources.months import Month
from tests.unit.orchestration.pulled_office import MONTH, PERSON, PulledOffice, broken_connection


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PulledOffice:
    return PulledOffice(tmp_path, monkeypatch)


def tried(month: Month = MONTH, patience: float = 30) -> list[Answer]:
    answers = list(try_sources.examine(Settings(), month, patience))
    assert PERSON not in str(answers)
    return answers


def test_a_location_that_works_says_each_step(office: PulledOffice) -> None:
    before = sorted(office.home.root.rglob("*"))
    (answer,) = tried()
    assert answer.level == "ok"
    for step in (str(office.there), "连接和登录正常", "列目录:1 项", "2021-06 有 1 份"):
        assert step in answer.text
    assert sorted(office.home.root.rglob("*")) == before


def test_what_is_left_out_is_counted_by_reason_without_names(office: PulledOffice) -> None:
    (office.there / "202106" / f"{PERSON}.csv").symlink_to("elsewhere")
    (answer,) = tried()
    assert answer.level == "ok"
    assert "1 项是链接,没有读取" in answer.text


def test_a_month_that_is_not_there_points_to_the_pattern(office: PulledOffice) -> None:
    (answer,) = tried(Month(2021, 7))
    assert answer.level == "info"
    assert "没有 2021-07 的数据" in answer.text
    assert "pattern" in answer.text


def test_how_far_one_got_and_what_to_do(office: PulledOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    office.there.rename(office.there.with_name("gone"))
    (answer,) = tried()
    assert answer.level == "problem"
    assert "连接和登录正常;试读时:对方没有设置里写的文件夹或文件。请核对设置里的路径。" in answer.text
    broken_connection(monkeypatch, 1, is_passing=False)
    (answer,) = tried()
    assert "连接和登录时:对方服务器没有按时回应。请检查网络" in answer.text


def test_an_error_that_nobody_expected_is_not_quoted(office: PulledOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError(f"{PERSON} password=geheim")

    monkeypatch.setattr(FolderLocation, "open", fail)
    (answer,) = tried()
    assert answer.level == "problem"
    assert "RuntimeError" in answer.text
    assert "geheim" not in answer.text


def test_a_location_that_hangs_holds_up_no_other(
    office: PulledOffice, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    locations = {
        "health": {"url": f"file://{office.there}", "pattern": "{month:%Y%m}/*.csv"},
        "agriculture": {"url": f"file://{tmp_path}"},
        "human_resources": str(office.home.inbox / "agriculture"),
        "civil_affairs": str(tmp_path / "not-mounted"),
    }
    monkeypatch.setenv("SHOUWANG_LOCATIONS", json.dumps(locations))
    usual = FolderLocation.open

    def hanging(self: FolderLocation, tables: Sequence[str]) -> AbstractContextManager[Source]:
        if self.url == f"file://{tmp_path}":
            time.sleep(20)
        return usual(self, tables)

    monkeypatch.setattr(FolderLocation, "open", hanging)
    answers = {a.subject: a for a in tried(patience=5)}
    assert [a.level for a in answers.values()] == ["ok", "problem", "ok", "problem"]
    assert "5 秒内没有得到回答" in answers["农业农村局"].text
    assert "不存在" in answers["民政局"].text


def test_the_command(office: PulledOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    result = CliRunner().invoke(app, ["doctor", "--sources", "2021-06"])
    assert result.exit_code == 0
    assert result.output.startswith("正常 卫生健康局")
    monkeypatch.setattr(FilesSource, "try_out", lambda _: 1 / 0)
    assert CliRunner().invoke(app, ["doctor", "--sources", "2021-06"]).exit_code == 1
    monkeypatch.setenv("SHOUWANG_LOCATIONS", "{}")
    result = CliRunner().invoke(app, ["doctor", "--sources"])
    assert result.exit_code == 0
    assert "收件目录 inbox" in result.output
    monkeypatch.setenv("SHOUWANG_LOCATIONS", '{"nobody": "x"}')
    assert "未知的部门" in str(CliRunner().invoke(app, ["doctor", "--sources"]).exception)
