"""A run of a backfill has a month; a dead or stopped run that nobody watches is repeated, before all that wait."""

from __future__ import annotations

import threading
import time

import pytest
from dagster import (
    AssetExecutionContext,
    DagsterInstance,
    DagsterRun,
    DagsterRunStatus,
    Definitions,
    RunsFilter,
    asset,
    in_process_executor,
)
from dagster._core.definitions.job_base import InMemoryJob
from dagster._core.execution.api import execute_run_iterator
from dagster._core.execution.backfill import BulkActionStatus, PartitionBackfill
from dagster._daemon.run_coordinator.queued_run_coordinator_daemon import QueuedRunCoordinatorDaemon

from orchestration.runtime import instance
from orchestration.runtime.dead_runs import close_dead_runs, mark
from orchestration.runtime.queued_runs import MOST_STOPS, REPEATED, REPEATED_AFTER_STOP, STOPS_TAG, with_month
from orchestration.runtime.settings import Settings
from tests.unit.orchestration.runtime.test_dead_runs import NEXT, create_run, opened, settings

__all__ = ["opened", "settings"]
START, END = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"
OF_BACKFILL = {"dagster/backfill": "many"}


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        ({START: "2021-06", END: "2021-06", "a": "b"}, {"dagster/partition": "2021-06", "a": "b"}),
        ({START: "2021-05", END: "2021-06"}, {START: "2021-05", END: "2021-06"}),
        ({START: "2021-05"}, {START: "2021-05"}),
        ({"dagster/partition": "2021-05"}, {"dagster/partition": "2021-05"}),
        ({}, {}),
    ],
)
def test_a_range_of_one_month_is_that_month(tags: dict[str, str], found: dict[str, str]) -> None:
    assert with_month(tags) == found


def _backfill(opened: DagsterInstance, status: BulkActionStatus = BulkActionStatus.REQUESTED) -> None:
    many = PartitionBackfill("many", status, from_failure=False, tags={}, backfill_timestamp=time.time())
    opened.add_backfill(many)


def _dead(opened: DagsterInstance, settings: Settings, tags: dict[str, str]) -> tuple[DagsterRun, list[DagsterRun]]:
    """Close a run whose process is gone; return it, and its repetitions."""
    run = create_run(opened)
    opened.add_run_tags(run.run_id, tags)
    mark(settings.dagster_home, run.run_id)
    mark(settings.dagster_home, NEXT)
    assert close_dead_runs(opened, settings.dagster_home, NEXT) == [run.run_id]
    found = opened.get_run_by_id(run.run_id)
    assert found
    assert found.status == DagsterRunStatus.FAILURE
    return found, list(opened.get_runs(RunsFilter(tags={"dagster/parent_run_id": run.run_id})))


@pytest.mark.parametrize("tags", [OF_BACKFILL, {"dagster/max_retries": "1"}])
def test_a_dead_run_is_repeated_before_later_months(
    opened: DagsterInstance, settings: Settings, tags: dict[str, str]
) -> None:
    _backfill(opened)
    waiting = create_run(opened, DagsterRunStatus.QUEUED, "2021-07")
    dead, (again,) = _dead(opened, settings, tags)
    assert (again.status, again.tags["dagster/partition"]) == (DagsterRunStatus.QUEUED, "2021-06")
    assert (again.parent_run_id, again.job_snapshot_id) == (dead.run_id, dead.job_snapshot_id)
    assert again.execution_plan_snapshot_id == dead.execution_plan_snapshot_id
    assert tags.items() <= again.tags.items()
    assert dead.tags["dagster/auto_retry_run_id"] == again.run_id, "so that nobody is alerted"
    entries = [e.dagster_event for e in opened.all_logs(again.run_id) if e.dagster_event]
    assert REPEATED in [e.message for e in entries]
    assert [e.asset_key for e in entries if e.is_asset_materialization_planned], "what a backfill still expects"
    queue = QueuedRunCoordinatorDaemon(interval_seconds=1)._priority_sort([waiting, again])
    assert [run.run_id for run in queue] == [again.run_id, waiting.run_id]


def test_a_repetition_does_not_say_what_the_dead_run_found(opened: DagsterInstance, settings: Settings) -> None:
    _backfill(opened)
    dead, (again,) = _dead(opened, settings, OF_BACKFILL | {"已退回": "民政局/农村低保对象花名册"})
    assert "已退回" in dead.tags
    assert "已退回" not in again.tags


def test_no_run_is_repeated_twice(opened: DagsterInstance, settings: Settings) -> None:
    _backfill(opened)
    first, (again,) = _dead(opened, settings, OF_BACKFILL)
    opened.report_run_failed(again)
    opened.report_run_failed(first)
    assert len(opened.get_runs(RunsFilter(tags=OF_BACKFILL))) == 2


def test_two_that_notice_a_dead_run_queue_it_once_and_report_it_after_that(
    opened: DagsterInstance, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _backfill(opened)
    dead = create_run(opened)
    opened.add_run_tags(dead.run_id, OF_BACKFILL)
    dead = opened.get_run_by_id(dead.run_id) or dead
    copying, report = threading.Event(), opened.report_engine_event
    monkeypatch.setattr(opened, "report_engine_event", lambda *a: (copying.set(), time.sleep(1), report(*a)))
    others: list[DagsterRunStatus] = []

    def second() -> None:
        copying.wait(30)
        with instance.open_instance(settings) as other:
            other.report_run_failed(dead)
            others.extend(run.status for run in other.get_runs(RunsFilter(tags={"dagster/retry_number": "1"})))

    thread = threading.Thread(target=second)
    thread.start()
    opened.report_run_failed(dead)
    thread.join()
    assert others == [DagsterRunStatus.QUEUED]


@pytest.mark.parametrize("status", [BulkActionStatus.CANCELING, BulkActionStatus.CANCELED])
def test_nobody_wants_the_run_of_a_backfill_that_was_given_up(
    opened: DagsterInstance, settings: Settings, status: BulkActionStatus
) -> None:
    _backfill(opened, status)
    assert _dead(opened, settings, OF_BACKFILL)[1] == []


def test_a_person_sees_that_a_run_died(opened: DagsterInstance, settings: Settings) -> None:
    assert _dead(opened, settings, {})[1] == []


@asset
def stopped() -> None:
    """Be interrupted, as by a signal: by the end of the services, or because a person asked for it."""
    context = AssetExecutionContext.get()
    if context.run.tags.get("asked by") == "a person":
        context.instance.report_run_canceling(context.run)
    raise KeyboardInterrupt


def _stopped(opened: DagsterInstance, tags: dict[str, str]) -> tuple[DagsterRun, list[DagsterRun]]:
    """Execute a run that is interrupted; return it, and its repetitions."""
    job = Definitions(assets=[stopped], executor=in_process_executor).resolve_implicit_global_asset_job_def()
    run = create_run(opened, DagsterRunStatus.NOT_STARTED, of=job, tags=tags)
    assert list(execute_run_iterator(InMemoryJob(job), run, opened))
    found = opened.get_run_by_id(run.run_id)
    assert found
    return found, list(opened.get_runs(RunsFilter(tags={"dagster/parent_run_id": run.run_id})))


@pytest.mark.parametrize("tags", [OF_BACKFILL, {"dagster/max_retries": "1"}])
def test_a_run_that_ended_with_the_services_is_repeated_before_later_months(
    opened: DagsterInstance, tags: dict[str, str]
) -> None:
    _backfill(opened)
    run, (again,) = _stopped(opened, tags)
    assert (run.status, again.status) == (DagsterRunStatus.FAILURE, DagsterRunStatus.QUEUED)
    assert run.tags["dagster/auto_retry_run_id"] == again.run_id, "so that nobody is alerted"
    assert REPEATED_AFTER_STOP in [e.dagster_event.message for e in opened.all_logs(again.run_id) if e.dagster_event]
    assert again.tags["dagster/priority"] == "1"
    assert "dagster/retry_number" not in again.tags, "it is repeated as well if its process dies"


def test_stops_are_counted(opened: DagsterInstance) -> None:
    """A program that ends whatever takes much memory must not keep a month for ever before all others."""
    _backfill(opened)
    tags = OF_BACKFILL
    for _ in range(MOST_STOPS):
        _, (again,) = _stopped(opened, tags)
        tags = OF_BACKFILL | {STOPS_TAG: again.tags[STOPS_TAG]}
    assert _stopped(opened, tags)[1] == []


def test_what_a_person_ends_stays_ended(opened: DagsterInstance) -> None:
    _backfill(opened)
    run, repeated = _stopped(opened, OF_BACKFILL | {"asked by": "a person"})
    assert (run.status, repeated) == (DagsterRunStatus.CANCELED, [])


def test_a_person_sees_that_a_run_was_stopped(opened: DagsterInstance) -> None:
    run, repeated = _stopped(opened, {})
    assert (run.status, repeated) == (DagsterRunStatus.FAILURE, [])
