"""The kept connections store and show the same events as Dagster's own storage, and the pinned version still fits."""

from __future__ import annotations

import errno
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dagster import (
    AssetCheckResult,
    AssetCheckSpec,
    AssetMaterialization,
    DagsterEventType,
    DagsterInstance,
    EventLogEntry,
    MaterializeResult,
    asset,
    materialize,
)
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from sqlalchemy.event import listen
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


def test_what_the_index_has_is_asked_once_and_what_it_lacks_each_time(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, named = list[str](), "_has_asset_key_col_on_connection"
    for question in ("has_table", "has_secondary_index", named):
        ask = getattr(SqliteEventLogStorage, question)

        def noted(self: SqliteEventLogStorage, *about: Any, ask: Callable[..., bool] = ask) -> bool:
            asked.append(f"{ask.__name__} {about[-1]}")
            return ask(self, *about)

        monkeypatch.setattr(SqliteEventLogStorage, question, noted)
    with instance.open_instance(settings) as opened:
        storage = opened.event_log_storage
        # Of a new home, Dagster asks before it has done its migrations.
        asked.clear()
        for _ in range(2):
            materialize([thing], instance=opened)
            assert [record.asset_entry.asset_key for record in storage.get_asset_records([thing.key])] == [thing.key]
        assert f"{named} last_materialization_timestamp" in asked
        assert len(asked) == len(set(asked))
        for lacking in (storage.has_table, storage.has_secondary_index, storage.has_asset_key_col):
            asked.clear()
            assert not any(lacking("none") for _ in range(2))
            assert len(asked) == 2


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


def test_what_a_run_plans_is_stored_as_a_whole_or_not_at_all(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds = {DagsterEventType.ASSET_MATERIALIZATION_PLANNED, DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED}
    with instance.open_instance(settings) as opened:
        storage = opened.event_log_storage
        assert isinstance(storage, KeptSqliteEventLogStorage)
        run_id = materialize([thing], instance=opened).run_id
        planned = [e.event_log_entry for e in storage.get_records_for_run(run_id, of_type=kinds).records]
        assert {entry.dagster_event_type for entry in planned} == kinds
        copies = [entry._replace(run_id="another") for entry in planned]
        stored = list[str]()

        def full(event: EventLogEntry) -> None:
            if stored:
                raise OSError(errno.ENOSPC, "full")
            stored.append(event.run_id)
            KeptSqliteEventLogStorage.store_event(storage, event)

        with monkeypatch.context() as failing:
            failing.setattr(storage, "store_event", full)
            with pytest.raises(OSError, match="full"):
                storage.store_event_batch(copies)
        assert stored
        assert (_count(storage, "another"), storage.get_records_for_run("another").records) == (0, [])
        kept = list[str]()
        for shard in ("index", "another"):
            listen(storage._engine(shard), "commit", lambda _, shard=shard: kept.append(shard))
        storage.store_event_batch(copies)
        assert kept == ["another", "index"], "after a kill, the index knows no event that the run has lost"
        assert _count(storage, "another") == len(storage.get_records_for_run("another").records) == len(copies)


def _count(storage: KeptSqliteEventLogStorage, run_id: str) -> int:
    """Count the events of a run in the index."""
    with storage.index_connection() as connection:
        found = connection.exec_driver_sql("select count(*) from event_logs where run_id = ?", (run_id,))
        return int(found.scalar_one())
