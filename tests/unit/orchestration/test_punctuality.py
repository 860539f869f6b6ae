"""A department that is late is named, once for every set of late datasets, in local time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
from dagster import DagsterInstance, RunRequest, SkipReason, build_schedule_context, materialize

from orchestration.assets import due_dates as asset_module
from orchestration.assets.due_dates import calendar_asset
from orchestration.automation.schedules import late_departments_schedule
from orchestration.punctuality import missing, standings
from orchestration.resources import Platform
from orchestration.runtime.county import contracts_here
from orchestration.runtime.settings import Settings
from orchestration.working_days import ZONE
from sources.contracts.model import load_contracts
from sources.home import Home
from sources.months import Month
from tests.unit.sources.county.folders import YANGSHAN, write

MAY = Month(2021, 5)
CONTRACTS = load_contracts()
DUE = date(2021, 6, 5)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DAGSTER_HOME", "")
    home = Settings().paths
    home.prepare()
    return home


def receive(home: Home, department: str, *days: int, but: str = "") -> None:
    for dataset in CONTRACTS[department].datasets:
        if dataset.name != but:
            path = home.deliveries(dataset, MAY) / "files.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            pl.DataFrame({"received_at": [datetime(2021, 6, day, 23, 59) for day in days]}).write_parquet(path)


def test_the_first_file_counts_to_the_last_minute_of_the_due_day(home: Home) -> None:
    receive(home, "health", 7, 5)
    assert {(s.due_on, s.received_on, s.days_late) for s in standings(home, CONTRACTS["health"], MAY)} == {
        (DUE, DUE, 0)
    }
    receive(home, "health", 8)
    assert {s.days_late for s in standings(home, CONTRACTS["health"], MAY)} == {3}


def test_each_home_has_the_due_days_of_its_county(home: Home, tmp_path: Path) -> None:
    """The same file, on the 7th, is late in one county and on time in the other."""
    write(home.root / "county", f'code = "{YANGSHAN}"\n[due_days]\nhealth = 8\n')
    receive(home, "health", 7)
    here, there = contracts_here(home.root), contracts_here(tmp_path / "other")
    assert {(s.due_on, s.days_late) for s in standings(home, here["health"], MAY)} == {(date(2021, 6, 8), 0)}
    assert {(s.due_on, s.days_late) for s in standings(home, there["health"], MAY)} == {(DUE, 2)}
    assert "health" not in missing(home, here, MAY, date(2021, 6, 7))
    write(home.root / "county", "code = 1\n")
    assert contracts_here(home.root) == CONTRACTS, "a wrong folder stops no schedule"


def test_only_what_is_due_can_be_missing(home: Home) -> None:
    assert missing(home, CONTRACTS, MAY, DUE) == {}
    late = missing(home, CONTRACTS, MAY, date(2021, 6, 6))
    assert set(late) == set(CONTRACTS)
    names = {d.name for datasets in late.values() for d in datasets}
    assert "household_register" in names
    assert not names & {"rural_roads", "party_membership"}, "quarterly and annual tables are not due in May"


def _tick(day: int, hour: int = 9) -> RunRequest | SkipReason:
    context = build_schedule_context(scheduled_execution_time=datetime(2021, 6, day, hour, tzinfo=ZONE))
    return late_departments_schedule(context)  # type: ignore[return-value]


def test_the_alarm_is_asked_for_once_per_set_of_late_datasets(home: Home) -> None:
    assert isinstance(_tick(5), SkipReason)
    first = _tick(6)
    assert isinstance(first, RunRequest)
    assert first.partition_key == "2021-05"
    assert _tick(7).run_key == first.run_key  # type: ignore[union-attr]
    receive(home, "health", 7)
    second = _tick(8)
    assert second.run_key != first.run_key  # type: ignore[union-attr]
    for department in CONTRACTS:
        receive(home, department, 8)
    assert isinstance(_tick(9), SkipReason)


@pytest.fixture
def alarms(home: Home, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], dict[str, tuple[bool, str]]]:
    def _alarms(day: int) -> dict[str, tuple[bool, str]]:
        class Clock(datetime):
            @classmethod
            def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
                return datetime(2021, 6, day, 9, tzinfo=ZONE)

        monkeypatch.setattr(asset_module, "datetime", Clock)
        with DagsterInstance.ephemeral() as instance:
            assets, platform = [calendar_asset(CONTRACTS)], {"platform": Platform()}
            result = materialize(assets, partition_key="2021-05", resources=platform, instance=instance)
        found = result.get_asset_check_evaluations()
        assert {c.partition for c in found} == {"2021-05"}
        return {c.check_name: (c.passed, c.description or "") for c in found}

    return _alarms


def test_each_department_has_its_own_alarm(home: Home, alarms: Callable[[int], dict[str, tuple[bool, str]]]) -> None:
    receive(home, "health", 6, but="serious_illness")
    in_time = alarms(5)
    assert all(passed for passed, _ in in_time.values())
    late = alarms(7)
    assert set(late) == {f"{name}_on_time" for name in CONTRACTS}
    passed, text = late["health_on_time"]
    assert not passed
    assert "应报 3 张表,截止 2021-06-05;逾期未报 1 张:大病专项救治名单;晚报 2 张" in text
    receive(home, "health", 6)
    passed, text = alarms(7)["health_on_time"]
    assert passed
    assert "晚 1 天" in text


def test_new_files_that_nobody_took_in_yet_are_mentioned(
    home: Home, alarms: Callable[[int], dict[str, tuple[bool, str]]]
) -> None:
    folder = home.inbox / "health" / "2021-05"
    folder.mkdir(parents=True)
    (folder / "结算.csv").write_text("x", encoding="utf-8")
    answers = alarms(7)
    assert "尚未处理的新文件" in answers["health_on_time"][1]
    assert "尚未处理的新文件" not in answers["civil_affairs_on_time"][1]
