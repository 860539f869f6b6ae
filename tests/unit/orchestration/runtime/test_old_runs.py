"""Logs of old runs go; what timeline, plots and partitions read stays."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from dagster import (
    AssetCheckKey,
    AssetCheckResult,
    AssetKey,
    DagsterInstance,
    MaterializeResult,
    StaticPartitionsDefinition,
    asset,
    asset_check,
    materialize,
)
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus
from dagster._core.storage.runs.schema import RunsTable
from dagster._core.storage.runs.sql_run_storage import SqlRunStorage
from sqlalchemy import update

from orchestration.runtime import instance
from orchestration.runtime.old_runs import old_logs, remove_logs, remove_superseded
from orchestration.runtime.settings import Settings
from orchestration.working_days import ZONE
from sources.months import Month
from tests.servers.dagster_database import STORAGES, prepared_home

TABLE = AssetKey("table")
CHECK = AssetCheckKey(TABLE, "balanced")


@asset(partitions_def=StaticPartitionsDefinition(["2021-05", "2021-06"]))
def table() -> MaterializeResult:
    return MaterializeResult(metadata={"rows": 7})


@asset_check(asset=table)
def balanced() -> AssetCheckResult:
    return AssetCheckResult(passed=os.environ.get("IS_BALANCED") != "no")


@pytest.fixture(params=STORAGES)
def settings(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("DAGSTER_HOME", "")
    return prepared_home(request, tmp_path)


@pytest.fixture
def opened(settings: Settings) -> Iterator[DagsterInstance]:
    with instance.open_instance(settings) as dagster:
        yield dagster


def _shown(opened: DagsterInstance) -> tuple[int, set[str], list[tuple[str, AssetCheckExecutionRecordStatus]]]:
    """What the pages show of months: runs, partitions with data, the newest result of a check."""
    events = opened.fetch_materializations(TABLE, limit=10).records
    checks = opened.event_log_storage.get_asset_check_execution_history(CHECK, limit=10)
    return (
        opened.get_runs_count(),
        {str(event.partition_key) for event in events},
        [(check.run_id, check.status) for check in checks],
    )


def test_only_the_logs_of_old_runs_go(settings: Settings, opened: DagsterInstance) -> None:
    for month in ("2021-05", "2021-06"):
        assert materialize([table, balanced], instance=opened, partition_key=month).success
    ran = opened.get_run_records()[0].update_timestamp.astimezone(ZONE)
    runs = {run.run_id for run in opened.get_runs()}
    before = _shown(opened)
    assert before[:2] == (2, {"2021-05", "2021-06"})

    this, later = Month(ran.year, ran.month), Month(ran.year, ran.month).shift(3)
    today = date(later.year, later.number, 1)
    assert not old_logs(settings, opened, None, today)
    assert not old_logs(settings, opened, 3, today)

    logs = old_logs(settings, opened, 2, today)
    of_runs = {log.run for log in logs if log.path is None or log.path.suffix == ".db"}
    assert of_runs == runs
    assert {log.month for log in logs} == {this}
    remove_logs(settings, logs)
    remove_logs(settings, logs)
    assert not any(log.path.exists() for log in logs if log.path)
    with instance.open_instance(settings) as again:
        assert _shown(again) == before
        assert not [log for log in old_logs(settings, again, 2, today) if log.size > 200_000]


@pytest.mark.parametrize(("ended", "is_old"), [(datetime(2026, 9, 30, 15), True), (datetime(2026, 9, 30, 17), False)])
def test_a_month_begins_at_midnight_in_china(
    settings: Settings, opened: DagsterInstance, ended: datetime, is_old: bool
) -> None:
    """Dagster keeps times in UTC and drops the zone of a time that it is asked for."""
    assert materialize([table], instance=opened, partition_key="2021-05").success
    storage = opened.run_storage
    assert isinstance(storage, SqlRunStorage)
    with storage.connect() as connection:
        connection.execute(update(RunsTable).values(update_timestamp=ended))
    assert bool(old_logs(settings, opened, 1, date(2026, 11, 5))) == is_old


def test_a_month_that_ran_again_keeps_the_log_of_its_newest_success(
    settings: Settings, opened: DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    for month, is_balanced in (("2021-05", "no"), ("2021-06", "yes"), ("2021-05", "yes"), ("2021-05", "yes")):
        monkeypatch.setenv("IS_BALANCED", is_balanced)
        assert materialize([table, balanced], instance=opened, partition_key=month).success
    remove_superseded(settings, opened, "2021-04")
    newest, former, other, first = (run.run_id for run in opened.get_runs())
    runs, materialized, checks = _shown(opened)
    assert [run for run, _ in checks] == [newest, former, other, first]
    assert all(opened.all_logs(run) for run in (newest, former, other, first))
    remove_superseded(settings, opened, "2021-05")
    remove_superseded(settings, opened, "2021-05")
    with instance.open_instance(settings) as again:
        # A result that passed is of no use once another is in force; one that failed says what was wrong.
        assert _shown(again) == (runs, materialized, [check for check in checks if check[0] != former])
        assert all(_steps(again, run) for run in (newest, other))
        assert not any(_steps(again, run) for run in (former, first))
        latest = again.event_log_storage.get_latest_asset_check_execution_by_key([CHECK])[CHECK]
        assert latest.run_id == newest


def _steps(opened: DagsterInstance, run: str) -> bool:
    return any(entry.dagster_event and entry.dagster_event.is_step_success for entry in opened.all_logs(run))
