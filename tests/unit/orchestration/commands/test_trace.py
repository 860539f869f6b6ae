"""``shouwang trace``: exit codes, the line of the audit log, and where identities may be written."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from orchestration.commands.cli import main
from sources import audit
from sources.home import Home
from tests.unit.workbooks.district import JUNE, District, settled_district
from tests.unit.workbooks.worklists import FENGCHENG

LEAD = "L00000000000000a1"
PEOPLE = ("林一", "441802195001010")


@pytest.fixture
def district(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> District:
    """A published June with one lead."""
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path / "home"))
    district = settled_district(Home(tmp_path / "home"))
    evidence = [("household_register", 2)]
    district.publish([{"lead_id": LEAD, "code": "H1", "rule": "HOU-01", "village": FENGCHENG, "evidence": evidence}])
    return district


def _exit_code(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["shouwang", "trace", *arguments])
    with pytest.raises(SystemExit) as stopped:
        main()
    return int(str(stopped.value.code))


def test_a_lead_is_traced_on_the_terminal_and_to_files_without_people(
    district: District, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _exit_code(monkeypatch, LEAD) == 0
    for name in ("a.json", "a.csv"):
        assert _exit_code(monkeypatch, LEAD, "--out", str(tmp_path / name)) == 0
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    written = (tmp_path / "a.csv").read_text("utf-8"), (tmp_path / "a.json").read_text("utf-8")
    shown = capsys.readouterr().out
    assert "农户基础信息名册" in shown
    assert "共 1 行" in shown
    assert not any(person in text for person in PEOPLE for text in (shown, *written))
    assert not (district.home.outbox / "traces").exists()
    kept = [(e["act"], e["arguments"]) for e in audit.entries(district.home)]
    assert kept == [("trace", {"subject": LEAD, "rows": 1, "form": form}) for form in ("terminal", "json", "csv")]


def test_people_are_written_to_the_outbox_only(
    district: District, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = district.home.outbox / "traces"
    for place in (str(tmp_path / "a.xlsx"), "../a.xlsx", "b/a.xlsx", "a.csv", "a"):
        assert _exit_code(monkeypatch, LEAD, "--with-identities", "--out", place) == 2
    assert not folder.exists()
    assert _exit_code(monkeypatch, LEAD, "--with-identities") == 0
    assert _exit_code(monkeypatch, LEAD, "--with-identities", "--out", "核对.xlsx") == 0
    assert {p.name: p.stat().st_mode & 0o777 for p in folder.iterdir()} == {f"{LEAD}.xlsx": 0o600, "核对.xlsx": 0o600}
    told = "".join(capsys.readouterr()) + json.dumps(audit.entries(district.home), ensure_ascii=False)
    assert not any(person in told for person in PEOPLE)
    assert [e["arguments"]["form"] for e in audit.entries(district.home)] == ["with_identities"] * 2


@pytest.mark.parametrize("arguments", [["L00000000000000ff"], ["x"], [LEAD, "--out", "a.xlsx"]])
def test_exit_code_2_is_for_what_there_is_not(
    district: District, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    assert _exit_code(monkeypatch, *arguments) == 2
    assert audit.entries(district.home) == []


def test_exit_code_3_is_for_what_has_changed(
    district: District, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for original in (p for p in district.home.archive.rglob("*") if p.is_file()):
        original.unlink()
    assert _exit_code(monkeypatch, LEAD) == 0
    assert _exit_code(monkeypatch, LEAD, "--with-identities") == 3
    rows = district.home.accepted(district.contracts.dataset("household_register"), JUNE) / "rows.parquet"
    rows.unlink()
    assert _exit_code(monkeypatch, LEAD) == 3
    assert "《农户基础信息名册》2021-06" in capsys.readouterr().err


def test_nothing_published_is_exit_code_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path / "home"))
    assert _exit_code(monkeypatch, LEAD) == 1
    assert not (tmp_path / "home").exists()
