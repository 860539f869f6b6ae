"""The kept connections store and show the same events as Dagster's own storage, and the pinned version still fits."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from dagster import (
    AssetCheckResult,
    AssetCheckSpec,
    AssetMaterialization,
    DagsterInstance,
    MaterializeResult,
    asset,
    materialize,
)
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from sqlalchemy.exc import OperationalError

from orchestration.commands import run
from orchestration.runtime import instance
from orchestration.runtime.event_log import RUN_SHARDS_KEPT, KeptSqliteEventLogStorage
from orchestration.runtime.launcher import WatchedRunLauncher
from orchestration.runtime.settings import Settings
from sources.months import Month
from tests.paths import ODD_FOLDER


@asset(check_specs=[AssetCheckSpec("holds", asset="thing")])
def thing():
    yield AssetMaterialization("other")
    yield MaterializeResult(check_results=[AssetCheckResult(passed=True, check_name="holds")])


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("DAGSTER_HOME", "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    settings = Settings(home=tmp_path / ODD_FOLDER / "home")
    instance.prepare(settings)
    return settings


def test_the_instance_of_a_home(settings: Settings) -> None:
    with instance.open_instance(settings) as opened:
        assert isinstance(opened.event_log_storage, KeptSqliteEventLogStorage)
        assert not opened.telemetry_enabled
        assert opened.run_monitoring_settings["free_slots_after_run_end_seconds"] == instance.MONITORING_SECONDS
        assert isinstance(opened.run_launcher, WatchedRunLauncher)
        assert opened.scheduler.max_catchup_runs == instance.CATCH_UP_DAYS
        pools = opened.get_concurrency_config().pool_config
        assert pools.default_pool_limit == 1
    stored = {str(p.relative_to(settings.home)).split("/")[0] for p in settings.home.rglob("*.db")}
    assert stored == {"dagster"}


def test_events_are_those_that_the_stock_storage_reads(settings: Settings) -> None:
    with instance.open_instance(settings) as opened:
        runs = [materialize([thing], instance=opened).run_id for _ in range(RUN_SHARDS_KEPT + 3)]
        kept = opened.event_log_storage
        assert len(kept._engines) == RUN_SHARDS_KEPT + 1
        stock = SqliteEventLogStorage(str(settings.dagster_home / "history" / "runs"))
        for run in runs:
            events = [e.dagster_event_type for e in stock.get_logs_for_run(run)]
            assert events == [e.dagster_event_type for e in kept.get_logs_for_run(run)]
            assert len(events) > 10
        check = next(iter(thing.check_keys))
        executions = stock.get_asset_check_execution_history(check, limit=99)
        assert {e.run_id for e in executions} == set(runs)


def test_a_watcher_sees_events_of_a_run_that_another_storage_writes(settings: Settings) -> None:
    """The run page of the web server: it reads what this process or another one is writing."""
    seen = threading.Event()
    watching = KeptSqliteEventLogStorage(str(settings.dagster_home / "history" / "runs"))
    with instance.open_instance(settings) as opened:
        first = materialize([thing], instance=opened).run_id
        watching.watch(first, None, lambda *_: seen.set())
        opened.report_engine_event("one more", opened.get_run_by_id(first))
        assert seen.wait(timeout=20)
    watching.dispose()


def test_a_full_disk_that_stops_the_records_is_said_in_words(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        stopped = sqlite3.OperationalError("database or disk is full")
        raise OperationalError("INSERT INTO event_logs", {"event": "statement"}, stopped)

    monkeypatch.setenv("SHOUWANG_HOME", str(settings.home))
    monkeypatch.setattr(DagsterInstance, "create_run_for_job", full)
    with pytest.raises(run.MonthError, match=r"磁盘空间不足.*已发布的月份不受影响") as error:
        run.run_month(settings, Month(2021, 6))
    assert "INSERT" not in str(error.value)
