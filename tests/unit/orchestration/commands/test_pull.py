"""``shouwang pull`` fetches and lands a month, and says of every location how that went."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from orchestration.commands.cli import app
from orchestration.runtime import locks
from sources.landing.archive import DeliveryLog
from tests.unit.orchestration.pulled_office import FILE, MONTH, PERSON, PulledOffice, broken_connection


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PulledOffice:
    return PulledOffice(tmp_path, monkeypatch)


def pull(*arguments: str) -> Result:
    result = CliRunner().invoke(app, ["pull", *arguments], env={"COLUMNS": "200"})
    assert PERSON not in result.output
    return result


def test_a_month_is_fetched_and_landed_and_nothing_is_run(office: PulledOffice) -> None:
    result = pull("2021-06")
    assert result.exit_code == 0, result.output
    assert "有新数据" in result.output
    assert "请执行 shouwang run 2021-06" in result.output
    assert office.names("health") == [FILE]
    assert not (office.home.root / "dagster" / "history").exists()
    assert locks.home_holder(office.home.root) is None
    again = pull("2021-06", "--department", "health")
    assert again.exit_code == 0
    assert "没有变化" in again.output
    assert "请执行" not in again.output


def test_a_location_that_fails_is_named_with_cause_and_remedy(
    office: PulledOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    pull("2021-06")
    before = DeliveryLog(office.home, "health", MONTH).digest
    broken_connection(monkeypatch, 9)
    result = pull("2021-06")
    assert result.exit_code == 1
    assert "没有取到" in result.output
    assert "没有按时回应" in result.output
    assert DeliveryLog(office.home, "health", MONTH).digest == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["2099-01"], "2099-01 还没有结束"),
        (["2021-06", "--department", "agriculture"], "没有要去取数的位置"),
        (["2021-06", "--department", "nobody"], "没有部门"),
    ],
)
def test_what_cannot_be_pulled_is_refused(office: PulledOffice, arguments: list[str], words: str) -> None:
    result = pull(*arguments)
    assert result.exit_code == 1
    assert words in str(result.exception)


def test_without_a_location_there_is_nothing_to_pull(office: PulledOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUWANG_LOCATIONS", "{}")
    assert "没有要去取数的位置" in str(pull("2021-06").exception)
