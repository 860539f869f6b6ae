"""A change starts one run, of its month and then of every published month after it."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from dagster import DagsterInstance, RunRequest, SensorResult, SkipReason, build_sensor_context

from orchestration.automation import polling, reruns
from orchestration.automation.sensors import later_months, new_deliveries, open_months
from orchestration.runtime import locks
from orchestration.runtime.settings import Settings
from orchestration.working_days import ZONE
from sources.acceptance.provenance import building, inputs_of, keep_input, publish_built
from sources.contracts.model import load_contracts
from sources.landing.archive import ArchivedFile, DeliveryLog, FolderState
from sources.landing.pull import pull_department
from sources.landing.transport.folder import FolderLocation
from sources.landing.transport.source import Source
from sources.months import Month
from tests.unit.sources.county.folders import HEAD, write

MAY, JUNE, JULY = Month(2021, 5), Month(2021, 6), Month(2021, 7)
CONTRACTS = load_contracts()
INCOME = CONTRACTS.dataset("household_income")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path / "home"))
    settings = Settings()
    settings.paths.prepare()
    return settings


@pytest.fixture
def instance() -> Iterator[DagsterInstance]:
    with DagsterInstance.ephemeral() as opened:
        yield opened


class TestNewDeliveries:
    def put(self, settings: Settings, text: str, month: Month = JUNE) -> None:
        path = settings.paths.inbox / "health" / str(month) / "张三丰的结算.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        os.utime(path, (1_625_000_000, 1_625_000_000 + int(text)))

    def tick(self, cursor: str | None) -> tuple[list[str], str]:
        result = new_deliveries(build_sensor_context(cursor=cursor))
        assert isinstance(result, SensorResult)
        assert "张三丰" not in str(result)
        requests = result.run_requests or []
        assert bool(requests) != bool(result.skip_reason)
        return [f"{r.partition_key} {r.run_key}" for r in requests], result.cursor or ""

    def test_a_file_is_asked_for_once_it_is_stable_and_always_with_one_key(self, settings: Settings) -> None:
        self.put(settings, "1")
        asked, cursor = self.tick(None)
        assert asked == []
        asked, cursor = self.tick(cursor)
        assert [a.split()[0] for a in asked] == ["2021-06"]
        assert self.tick(cursor)[0] == asked, "Dagster starts one run for a run key"

    def test_a_file_that_still_grows_is_waited_for(self, settings: Settings) -> None:
        self.put(settings, "1")
        _, cursor = self.tick(None)
        self.put(settings, "12")
        asked, cursor = self.tick(cursor)
        assert asked == []
        assert len(self.tick(cursor)[0]) == 1

    def test_months_go_in_order_and_other_content_has_another_key(self, settings: Settings) -> None:
        self.put(settings, "1", JUNE)
        self.put(settings, "1", MAY)
        first, cursor = self.tick(self.tick(None)[1])
        assert [a.split()[0] for a in first] == ["2021-05", "2021-06"]
        self.put(settings, "2", MAY)
        second = self.tick(self.tick(cursor)[1])[0]
        assert second[0] != first[0]
        assert second[1] == first[1]

    def test_a_month_that_is_not_due_waits_for_its_day_unless_it_ran(self, settings: Settings) -> None:
        before, after = (datetime(2021, 7, day, 12, tzinfo=ZONE) for day in (2, 5))
        assert JUNE not in open_months(settings, before)
        assert MAY in open_months(settings, before)
        assert JUNE in open_months(settings, after)
        assert JULY not in open_months(settings, after)
        DeliveryLog(settings.paths, "health", JUNE).add(
            FolderState(1, "replace_all", (ArchivedFile("结算.csv", "0", ""),))
        )
        assert JUNE in open_months(settings, before)


class TestPolledLocations:
    """Locations that are pulled are asked as folders are looked at; one that fails holds up no other."""

    @pytest.fixture(autouse=True)
    def _locations(self, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.settings, self.there = settings, tmp_path / "health"
        self.locations = {
            "health": {"url": f"file://{self.there}", "pattern": "{month:%Y%m}/*"},
            "civil_affairs": {"url": f"file://{tmp_path / 'gone'}"},
        }
        monkeypatch.setenv("SHOUWANG_LOCATIONS", json.dumps(self.locations))
        monkeypatch.setattr("orchestration.automation.sensors.open_months", lambda *_: {MAY, JUNE})
        self.put("1")

    def put(self, text: str) -> None:
        path = self.there / "202106" / "张三丰的结算.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def tick(self, cursor: str | None) -> tuple[list[str], str, str]:
        result = new_deliveries(build_sensor_context(cursor=cursor))
        assert isinstance(result, SensorResult)
        assert "张三丰" not in str(result)
        keys = [f"{r.partition_key} {r.run_key}" for r in result.run_requests or []]
        return keys, result.cursor or "", result.skip_reason.skip_message or "" if result.skip_reason else ""

    def pull(self) -> None:
        health = CONTRACTS["health"]
        pull_department(self.settings.paths, health, Settings().locations, JUNE)

    def test_an_offer_is_asked_for_once_it_is_stable_and_nothing_is_fetched(self) -> None:
        asked, cursor, said = self.tick(None)
        assert asked == []
        assert said == ("1 个月有新文件,正在等内容稳定。没有查看到:民政局:对方没有设置里写的文件夹或文件。")
        asked, cursor, _ = self.tick(cursor)
        assert [a.split()[0] for a in asked] == ["2021-06"]
        assert self.tick(cursor)[0] == asked, "Dagster starts one run for a run key"
        assert not (self.settings.paths.restricted / "pulled").exists()

    def test_what_was_pulled_is_new_until_it_is_taken_in_and_another_content_after_that(self) -> None:
        first = self.tick(self.tick(None)[1])[0]
        self.pull()
        pulled = self.tick(self.tick(None)[1])[0]
        assert len(pulled) == 1
        assert pulled != first
        self.put("12")
        assert self.tick(self.tick(None)[1])[0] not in (first, pulled)

    def test_a_file_that_still_grows_is_waited_for(self) -> None:
        _, cursor, _ = self.tick(None)
        self.put("12")
        asked, cursor, _ = self.tick(cursor)
        assert asked == []
        assert len(self.tick(cursor)[0]) == 1

    def test_a_location_that_hangs_holds_up_no_other_and_is_not_asked_twice(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        usual, opened, end = FolderLocation.open, list[str](), threading.Event()

        def hanging(location: FolderLocation, tables: Sequence[str]) -> AbstractContextManager[Source]:
            opened.append(location.url)
            if location.url.endswith("gone"):
                end.wait(60)
            return usual(location, tables)

        monkeypatch.setattr(FolderLocation, "open", hanging)
        try:
            for _ in range(2):
                found, failed = polling.poll(Settings(), CONTRACTS, {JUNE}, patience=3)
                assert list(found) == [JUNE]
                assert failed == ["民政局:没有按时回应"]
            assert [url.rpartition("/")[2] for url in opened].count("gone") == 1
        finally:
            end.set()


class TestLaterMonths:
    @pytest.fixture(autouse=True)
    def _published(self, settings: Settings) -> None:
        self.home = settings.paths
        for month in (MAY, JUNE, JULY):
            self.accept(month, "x")
        for month in (MAY, JUNE, JULY):
            self.compute(month)

    def accept(self, month: Month, rows: str) -> None:
        balance = pl.DataFrame({"delivery_no": [1], "file_sha256": [rows], "is_in_force": [True]})
        keep_input(self.home, INCOME, month, rows, balance)

    def compute(self, month: Month) -> None:
        with building(self.home, month, inputs_of(self.home, CONTRACTS, month)):
            pass
        publish_built(self.home)

    def tick(self, instance: DagsterInstance) -> str | None:
        result = later_months(build_sensor_context(instance=instance))
        if isinstance(result, SkipReason):
            return None
        assert isinstance(result, RunRequest)
        return result.partition_key

    def test_nothing_changed(self, instance: DagsterInstance) -> None:
        assert self.tick(instance) is None

    def test_every_later_month_in_order(self, instance: DagsterInstance) -> None:
        self.accept(MAY, "y")
        assert self.tick(instance) is None, "May itself has not been computed yet"
        self.compute(MAY)
        assert reruns.later_than(self.home, CONTRACTS, MAY) == [JUNE, JULY]
        assert self.tick(instance) == "2021-06"
        self.compute(JUNE)
        assert self.tick(instance) == "2021-07"
        self.compute(JULY)
        assert self.tick(instance) is None

    def say(self, levy: int) -> None:
        row = f"cleaning_levy_per_person_month,,2021-06-01,,{levy},元/人·月,文件\n"
        write(self.home.root / "county", 'code = "441802"\n', parameters=HEAD + row)

    def test_each_change_of_a_parameter_runs_the_months_in_which_it_is_valid(self, instance: DagsterInstance) -> None:
        self.say(1)
        for month in (MAY, JUNE, JULY):
            self.compute(month)
        asked = []
        for levy in (2, 3):
            self.say(levy)
            for month in (JUNE, JULY):
                request = later_months(build_sensor_context(instance=instance))
                assert isinstance(request, RunRequest)
                assert request.partition_key == str(month)
                asked.append(request.run_key)
                self.compute(month)
            assert self.tick(instance) is None
        assert len(set(asked)) == 4

    def test_a_month_waits_for_the_outdated_ones_before_it(self) -> None:
        assert reruns.earlier_than(self.home, CONTRACTS, JULY) == []
        self.accept(MAY, "y")
        assert reruns.earlier_than(self.home, CONTRACTS, JULY) == [MAY, JUNE]
        assert reruns.earlier_than(self.home, CONTRACTS, MAY) == []

    def test_a_month_published_late_counts_for_those_after_it(self) -> None:
        self.accept(Month(2021, 4), "x")
        assert reruns.later_than(self.home, CONTRACTS, Month(2021, 4)) == [MAY, JUNE, JULY]

    def test_the_newest_month_has_nothing_after_it(self) -> None:
        self.accept(JULY, "y")
        self.compute(JULY)
        assert reruns.later_than(self.home, CONTRACTS, JULY) == []
        assert reruns.next_outdated(self.home, CONTRACTS) is None

    def test_one_request_for_one_change(self, instance: DagsterInstance) -> None:
        self.accept(MAY, "y")
        self.compute(MAY)
        keys = {later_months(build_sensor_context(instance=instance)).run_key for _ in range(3)}  # type: ignore[union-attr]
        assert len(keys) == 1

    def test_it_waits_while_somebody_works_on_the_home(
        self, instance: DagsterInstance, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.accept(MAY, "y")
        self.compute(MAY)
        assert self.tick(instance) == "2021-06"
        monkeypatch.setattr(locks, "home_holder", lambda home: "进程 1")
        assert self.tick(instance) is None
