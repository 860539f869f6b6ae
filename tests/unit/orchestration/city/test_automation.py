"""A city runs when a county offers something else than the city has, once a day while that cannot be taken."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from dagster import MonthlyPartitionsDefinition, SensorResult, SkipReason, build_sensor_context

from orchestration.city import automation, reaching
from orchestration.city.automation import differing, new_versions
from orchestration.city.counties import load_city
from sources.home import CURRENT, DESCRIPTION
from sources.months import Month
from tests.unit.orchestration.city.conftest import JUNE, RATE, TinyCity

MAY = Month(2021, 5)
BROKEN = "441823"


def _found(city: TinyCity) -> dict[Month, str]:
    return differing(city.home, load_city(city.home.root), {MAY, JUNE})


def test_nothing_differs_from_what_was_taken(city: TinyCity) -> None:
    assert list(_found(city)) == [JUNE]
    city.take()
    assert _found(city) == {}


def test_a_new_version_concerns_the_month_that_was_published(city: TinyCity) -> None:
    city.take()
    city.counties["441802"].publish(("2021-06", "2021-05"), {RATE: (60, 100)})
    first = _found(city)
    assert list(first) == [MAY]
    city.counties["441823"].publish(figures={RATE: (60, 100)})
    assert list(_found(city)) == [MAY, JUNE]
    assert _found(city)[MAY] == first[MAY]
    city.take()
    assert _found(city) == {}


def _away(published: Path) -> None:
    shutil.rmtree(published)


def _hanging(published: Path) -> None:
    (published / CURRENT / DESCRIPTION).unlink()
    os.mkfifo(published / CURRENT / DESCRIPTION)


def _half_copied(published: Path) -> None:
    (published / CURRENT / "shouwang.duckdb").unlink()


def _damaged(published: Path) -> None:
    (published / CURRENT / DESCRIPTION).write_text("[1]", "utf-8")


@pytest.mark.parametrize("fault", [_away, _hanging, _half_copied, _damaged])
def test_what_cannot_be_taken_concerns_the_newest_month(
    city: TinyCity, fault: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reaching, "PATIENCE_SECONDS", 1.0)
    city.take()
    assert callable(fault)
    fault(city.counties[BROKEN].home.published)
    first = _found(city)
    assert list(first) == [JUNE]
    city.take()
    assert _found(city) == first


class TestSensor:
    @pytest.fixture(autouse=True)
    def home(self, city: TinyCity, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SHOUWANG_HOME", str(city.home.root))
        monkeypatch.setattr(automation, "MONTHS", MonthlyPartitionsDefinition("2021-04", fmt="%Y-%m"))

    def tick(self, cursor: str | None = None) -> tuple[list[str], str]:
        result = new_versions(build_sensor_context(cursor=cursor))
        assert isinstance(result, SensorResult)
        requests = result.run_requests or []
        assert bool(requests) != bool(result.skip_reason)
        return [f"{r.partition_key} {r.run_key}" for r in requests], result.cursor or ""

    def test_a_version_is_asked_for_once_it_is_stable_and_always_with_one_key(self, city: TinyCity) -> None:
        city.take()
        city.counties[BROKEN].publish(figures={RATE: (60, 100)})
        asked, cursor = self.tick()
        assert asked == []
        asked, cursor = self.tick(cursor)
        assert [a.split()[0] for a in asked] == ["2021-06"]
        assert self.tick(cursor)[0] == asked, "Dagster starts one run for a run key"
        city.take()
        assert self.tick(cursor) == ([], "{}")

    def test_before_the_first_run_somebody_has_to_say_where_to_begin(self) -> None:
        skipped = new_versions(build_sensor_context())
        assert isinstance(skipped, SkipReason)
        assert "shouwang city run" in str(skipped.skip_message)

    def test_a_file_that_is_wrong_is_named(self, city: TinyCity) -> None:
        (city.home.root / "city.toml").write_text("name = ", "utf-8")
        skipped = new_versions(build_sensor_context())
        assert isinstance(skipped, SkipReason)
        assert "写法有误" in str(skipped.skip_message)
