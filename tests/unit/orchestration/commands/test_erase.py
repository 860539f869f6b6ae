"""The id of a person to erase never comes from the command line; nothing is erased without a word of the office."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from orchestration.commands import cli
from orchestration.commands.erase import ask_person, erase_person
from orchestration.commands.run import RunReport
from orchestration.runtime import instance
from orchestration.runtime.errors import ShouwangError
from orchestration.runtime.settings import Settings
from sources import audit
from sources.home import Home
from sources.months import Month
from tests.unit.sources.builder import CONTRACTS, Desk, csv_file, resident_id, row, table
from tests.unit.sources.ledger import accepted_rows

REGISTER = CONTRACTS.dataset("household_register")
OWN = resident_id(1)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A home with a register of three."""
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path / "home"))
    desk = Desk(Home(tmp_path / "home"))
    rows = [row(REGISTER, n, resident_id=resident_id(n)) for n in (1, 2, 3)]
    desk.put(REGISTER, "名册.csv", csv_file(table(REGISTER, rows)))
    assert desk.intake().take(REGISTER).status == "accepted"
    return desk


def _main(*arguments: str, typed: str = "") -> tuple[int, str]:
    result = CliRunner().invoke(cli.app, ["erase", *arguments], input=typed)
    return result.exit_code, result.output + str(result.exception or "")


@pytest.mark.parametrize("text", [OWN, OWN.lower(), f"{OWN[:6]} {OWN[6:14]} {OWN[14:]}"])
def test_an_id_on_the_command_line_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(ShouwangError, match="不要写在命令行上") as refused:
        ask_person(text)
    assert text not in str(refused.value)


def test_the_id_is_read_from_standard_input_and_needs_a_word(desk: Desk) -> None:
    code, said = _main(typed=f"{OWN}\n")
    assert code == 1
    assert "--yes" in said
    code, said = _main("--dry-run", typed=f"{OWN}\n")
    assert code == 0
    assert "1 张表中已接收的 1 行、隔离的 0 行;改写原件 1 个" in said
    assert OWN not in said
    assert accepted_rows(desk.home, REGISTER).height == 3
    assert audit.entries(desk.home) == []


def _said(desk: Desk, *, is_sure: bool, success: bool = True) -> str:
    report = RunReport(Month(2021, 6), "run", success, 1.0, (), () if success else ("磁盘空间不足。",))
    out = io.StringIO()
    console = Console(file=out, width=300)
    settings = Settings(home=desk.home.root)
    erase_person(console, settings, OWN, False, lambda: is_sure, lambda *_: [report])
    return out.getvalue()


def test_who_is_not_sure_changes_nothing(desk: Desk) -> None:
    instance.prepare(Settings(home=desk.home.root))
    before = {p: p.read_bytes() for p in desk.home.restricted.rglob("*") if p.is_file()}
    assert "没有删除任何内容" in _said(desk, is_sure=False)
    assert {p: p.read_bytes() for p in desk.home.restricted.rglob("*") if p.is_file()} == before


def test_the_inbox_is_named_and_the_audit_log_names_nobody(desk: Desk) -> None:
    said = _said(desk, is_sure=True)
    assert str(desk.home.inbox / "agriculture") in said
    assert accepted_rows(desk.home, REGISTER).height == 2
    (line,) = [e for e in audit.entries(desk.home) if e["act"] == "erase"]
    assert list(line["arguments"]) == ["erasure"]
    assert OWN not in (desk.home.restricted / "audit.jsonl").read_text("utf-8")


def test_an_erasure_whose_rebuild_fails_says_so_and_can_be_repeated(desk: Desk) -> None:
    with pytest.raises(ShouwangError, match="集市重算没有完成:磁盘空间不足。请排除后再次执行 shouwang erase"):
        _said(desk, is_sure=True, success=False)
    assert "已删除并重新发布" in _said(desk, is_sure=True)
