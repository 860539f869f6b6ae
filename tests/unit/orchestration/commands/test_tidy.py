"""``shouwang tidy`` says what it removes and what it means; without a rule, or after a broken rebuild, nothing goes."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.commands import cli
from sources.home import Home
from sources.landing.archive import DeliveryLog, original_path
from tests.unit.sources.builder import CONTRACTS, MONTH, Desk
from tests.unit.sources.ledger import income_file

REGISTER = CONTRACTS.dataset("household_register")


@pytest.fixture
def original(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The original of a month that is long past, in a home that was taken in."""
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path / "home"))
    desk = Desk(Home(tmp_path / "home"))
    desk.put(REGISTER, "名册.csv", income_file(1, 2, dataset=REGISTER))
    assert desk.intake().take(REGISTER).status == "accepted"
    (sha256,) = DeliveryLog(desk.home, REGISTER.department, MONTH).hashes
    return original_path(desk.home, sha256)


def _tidy(*arguments: str) -> str:
    result = CliRunner().invoke(cli.app, ["tidy", *arguments])
    return result.output + str(result.exception or "")


def test_without_a_rule_everything_stays(original: Path) -> None:
    assert "没有设置保留期限,全部永久保留" in _tidy()
    assert original.exists()


def test_a_look_removes_nothing_and_the_command_says_what_it_means(
    original: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOUWANG_KEEP_ORIGINALS_MONTHS", "12")
    said = _tidy("--dry-run")
    assert "原件 2021-06:1 个" in said
    assert "这些月份不能再从原件重新接收" in said
    assert "没有删除" in said
    assert original.exists()
    assert "已删除 1 个,逐个记入审计日志" in _tidy()
    assert not original.exists()
    assert "没有超过保留期限的文件" in _tidy()


def test_an_interrupted_rebuild_keeps_what_it_may_need(
    original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOUWANG_KEEP_ORIGINALS_MONTHS", "12")
    (tmp_path / "home" / "warehouse" / "warehouse.duckdb.before-rebuild").touch()
    assert "请先重新执行 shouwang rebuild" in _tidy()
    assert original.exists()
