"""What a landing step does about the locations of its department: pull, try again, and go on without them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from dagster import AssetCheckSeverity, ExecuteInProcessResult

from orchestration.assets import labels
from orchestration.assets.pulling import NOWHERE
from orchestration.runtime import progress
from sources.landing.archive import DeliveryLog
from sources.landing.transport.files import FilesSource
from sources.landing.transport.trouble import NETWORK, TransportError
from sources.months import Month
from tests.unit.orchestration.pulled_office import (
    CONTENT,
    CONTRACTS,
    FILE,
    MONTH,
    PERSON,
    PulledOffice,
    broken_connection,
)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PulledOffice:
    return PulledOffice(tmp_path, monkeypatch)


def _check(result: ExecuteInProcessResult, department: str) -> tuple[bool, str]:
    (found,) = [e for e in result.get_asset_check_evaluations() if e.asset_key.path == ["landing", department]]
    assert (found.check_name, found.partition, found.severity) == ("pulled", str(MONTH), AssetCheckSeverity.ERROR)
    return found.passed, found.description or ""


def _metadata(result: ExecuteInProcessResult, department: str) -> dict[str, Any]:
    events = result.get_asset_materialization_events()
    (found,) = [e.materialization for e in events if e.asset_key and e.asset_key.path == ["landing", department]]
    return labels.read({name: value.value for name, value in found.metadata.items()})


def test_what_is_pulled_lands_as_if_it_had_been_put_into_the_inbox(office: PulledOffice) -> None:
    result = office.run()
    assert result.success
    assert office.names("health") == [FILE]
    assert _check(result, "health") == (True, "设置中的位置都已取到(1 个)。")
    shown = _metadata(result, "health")
    figures = ("landed_files", "new_states", "pull_offered", "pull_fetched", "pull_bytes", "pull_new_deliveries")
    assert [shown[name] for name in figures] == [1, 1, 1, 1, len(CONTENT.encode()), 1]
    assert (shown["pull_problems"], shown["pull_left_out"]) == (0, 0)
    assert "pull_rows" not in shown, "nobody has counted the rows of a file yet"
    assert "对方有 1 个,取回 1 个" in shown["pulled_from"]
    assert str(office.there) in shown["pulled_from"].replace("\\", "")
    assert shown["pull_seconds"] >= 0
    again = _metadata(office.run(), "health")
    assert (again["pull_offered"], again["pull_fetched"], again["new_states"]) == (1, 0, 0)


def test_a_department_without_a_location_has_nothing_to_fail(office: PulledOffice) -> None:
    result = office.run()
    assert _check(result, "agriculture") == (True, NOWHERE)
    assert not [name for name in _metadata(result, "agriculture") if name.startswith("pull")]


def test_a_location_that_answers_later_is_asked_again(office: PulledOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    tries, said = broken_connection(monkeypatch, 2), list[str]()
    with progress.listening(lambda step: said.append(step.text)):
        result = office.run()
    assert result.success
    assert len(tries) == 3
    assert _check(result, "health")[0]
    assert office.names("health") == [FILE]
    assert [text for text in said if "再试" in text] == [
        "没有取到,0 秒后再试(第 1 次)",
        "没有取到,0 秒后再试(第 2 次)",
    ]


def test_a_location_that_does_not_answer_fails_its_check_and_nothing_else(
    office: PulledOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.run()
    before = DeliveryLog(office.home, "health", MONTH).digest
    office.put(office.there / "202106" / "大病.csv")
    tries = broken_connection(monkeypatch, 99)
    result = office.run()
    assert result.success
    assert len(tries) == 4, "the first try, and one after each pause"
    passed, text = _check(result, "health")
    assert not passed
    for part in (CONTRACTS["health"].label, "2021-06", "没有按时回应", "仍然有效", "请检查网络"):
        assert part in text
    assert DeliveryLog(office.home, "health", MONTH).digest == before, "the last good delivery stays"
    shown = _metadata(result, "health")
    assert shown["pull_problems"] == 1
    assert "没有按时回应" in shown["pulled_from"]
    assert "pull_offered" not in shown, "what the place has is unknown, not nothing"
    assert "对方有" not in shown["pulled_from"]
    assert _check(result, "agriculture")[0]
    assert office.names("agriculture") == ["农户名册.csv"]


def test_what_no_other_try_can_help_is_not_tried_again(office: PulledOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = broken_connection(monkeypatch, 99, is_passing=False)
    result = office.run("health")
    assert result.success
    assert (len(tries), _check(result, "health")[0]) == (1, False)


def test_another_try_repeats_only_what_failed(
    office: PulledOffice, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    table = CONTRACTS["health"].datasets[0].name
    office.put(tmp_path / "own" / "x.csv")
    own = {"url": f"file://{tmp_path / 'own'}", "pattern": "{month:%Y%m}.csv"}
    other = {"url": f"file://{office.there}", "pattern": "{month:%Y%m}/*.csv"}
    monkeypatch.setenv("SHOUWANG_LOCATIONS", json.dumps({"health": other, f"health/{table}": own}))
    listing, listed = FilesSource.listing, list[str | None]()

    def once_broken(self: FilesSource, month: Month) -> object:
        listed.append(self._table)
        if listed == [None, table]:
            raise TransportError("连接中途断开", NETWORK, True)
        return listing(self, month)

    monkeypatch.setattr(FilesSource, "listing", once_broken)
    result = office.run("health")
    assert _check(result, "health") == (True, "设置中的位置都已取到(2 个)。")
    assert listed[0] is None
    assert listed[-1] == table
    assert listed.count(None) == 2, "listed before and after fetching, once"


def test_a_damaged_record_stays_with_its_department(office: PulledOffice) -> None:
    office.run()
    (record,) = (office.home.restricted / "pulled" / "health").rglob("*.json")
    record.write_text(f'["{PERSON}', "utf-8")
    result = office.run()
    assert result.success
    passed, text = _check(result, "health")
    assert not passed
    assert "restricted/errors/" in text
    assert "仍然有效" in text
    assert _check(result, "agriculture")[0]
    assert office.names("health") == [FILE]


def test_our_own_disk_that_fails_stops_the_run(office: PulledOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", f"/data/{PERSON}")

    monkeypatch.setattr("sources.landing.pull.take_original", full)
    result = office.run("health")
    assert not result.success
    failure = result.failure_data_for_node("landing__health")
    assert failure
    assert failure.user_failure_data
    assert "磁盘空间不足" in (failure.user_failure_data.description or "")
