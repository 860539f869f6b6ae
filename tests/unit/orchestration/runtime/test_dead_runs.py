"""A run without a process is closed and blocks nothing; a run with one is left alone."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from dagster import (
    DagsterEvent,
    DagsterEventType,
    DagsterExecutionInterruptedError,
    DagsterInstance,
    DagsterRun,
    DagsterRunStatus,
    JobDefinition,
    asset,
    materialize,
)
from dagster._core.code_pointer import ModuleCodePointer
from dagster._core.launcher import WorkerStatus
from dagster._core.origin import JobPythonOrigin, RepositoryPythonOrigin
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin

from orchestration.runtime import dead_runs, instance, locks
from orchestration.runtime.dead_runs import close_dead_runs, has_process, mark, working
from orchestration.runtime.settings import Settings
from tests.paths import ROOT
from tests.unit.orchestration.runtime.test_locks import HOLD

MARK = """
import sys, time
from pathlib import Path
from orchestration.runtime.dead_runs import mark
mark(Path(sys.argv[1]), sys.argv[2])
print("marked", flush=True)
time.sleep(60)
"""
NEXT = "next-run"
Worker = Callable[[DagsterRun], subprocess.Popen[str]]


@asset
def thing() -> None:
    """Nothing."""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("DAGSTER_HOME", "")
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(dead_runs, "_marks", {})
    settings = Settings(home=tmp_path / "home")
    instance.prepare(settings)
    return settings


@pytest.fixture
def opened(settings: Settings) -> Iterator[DagsterInstance]:
    with instance.open_instance(settings) as opened:
        yield opened


@pytest.fixture
def worker(settings: Settings) -> Iterator[Worker]:
    """Start a process that marks a run as its own."""
    started = []

    def start(run: DagsterRun) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", MARK, str(settings.dagster_home), run.run_id]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "marked\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def create_run(
    opened: DagsterInstance,
    status: DagsterRunStatus = DagsterRunStatus.STARTED,
    month: str = "2021-06",
    of: JobDefinition | None = None,
    tags: Mapping[str, str] | None = None,
) -> DagsterRun:
    """Record a run of a month, as the web server does."""
    job = of or materialize([thing], instance=opened).job_def
    location = RegisteredCodeLocationOrigin("shouwang")
    origin = RemoteJobOrigin(RemoteRepositoryOrigin(location, "__repository__"), job.name)
    code = JobPythonOrigin(job.name, RepositoryPythonOrigin(sys.executable, ModuleCodePointer("none", "none")))
    tags = {"dagster/partition": month, **(tags or {})}
    return opened.create_run_for_job(job, status=status, tags=tags, remote_job_origin=origin, job_code_origin=code)


def _kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()


def _status(opened: DagsterInstance, run: DagsterRun) -> DagsterRunStatus:
    found = opened.get_run_by_id(run.run_id)
    assert found is not None
    return found.status


def _messages(opened: DagsterInstance, run: DagsterRun) -> list[str]:
    return [entry.dagster_event.message or "" for entry in opened.all_logs(run.run_id) if entry.dagster_event]


@pytest.mark.parametrize(
    ("status", "after"),
    [
        (DagsterRunStatus.NOT_STARTED, DagsterRunStatus.FAILURE),
        (DagsterRunStatus.STARTING, DagsterRunStatus.FAILURE),
        (DagsterRunStatus.STARTED, DagsterRunStatus.FAILURE),
        (DagsterRunStatus.CANCELING, DagsterRunStatus.CANCELED),
    ],
)
def test_a_run_is_closed_once_its_process_is_gone(
    settings: Settings, opened: DagsterInstance, worker: Worker, status: DagsterRunStatus, after: DagsterRunStatus
) -> None:
    run = create_run(opened, status)
    process = worker(run)
    assert close_dead_runs(opened, settings.dagster_home, NEXT) == []
    assert _status(opened, run) == status
    _kill(process)
    assert close_dead_runs(opened, settings.dagster_home, NEXT) == [run.run_id]
    assert _status(opened, run) == after
    assert dead_runs.REASON in _messages(opened, run)
    assert list((settings.dagster_home / dead_runs.MARKS).iterdir()) == []
    assert close_dead_runs(opened, settings.dagster_home, NEXT) == []


def test_a_run_without_a_mark_is_given_time_to_start(
    settings: Settings, opened: DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    launched, queued = create_run(opened, DagsterRunStatus.STARTING), create_run(opened, DagsterRunStatus.QUEUED)
    assert close_dead_runs(opened, settings.dagster_home, NEXT) == []
    monkeypatch.setattr(dead_runs, "START_SECONDS", 0)
    time.sleep(0.01)
    assert close_dead_runs(opened, settings.dagster_home, NEXT) == [launched.run_id]
    assert _status(opened, queued) == DagsterRunStatus.QUEUED


def test_a_run_that_ended_well_before_its_process_stays_so(
    settings: Settings, opened: DagsterInstance, worker: Worker
) -> None:
    run = create_run(opened)
    process = worker(run)
    record = opened.get_run_record_by_id(run.run_id)
    assert record is not None
    opened.report_dagster_event(DagsterEvent(DagsterEventType.RUN_SUCCESS.value, run.job_name), run_id=run.run_id)
    _kill(process)
    assert dead_runs.is_dead(settings.dagster_home, record), "as read before the run ended"
    assert not dead_runs._close(opened, run.run_id)
    assert _status(opened, run) == DagsterRunStatus.SUCCESS


@pytest.mark.parametrize("is_deleted", [False, True])
def test_slots_of_all_other_runs_are_freed(
    settings: Settings, opened: DagsterInstance, worker: Worker, is_deleted: bool
) -> None:
    run = create_run(opened)
    _kill(worker(run))
    storage = opened.event_log_storage
    storage.initialize_concurrency_limit_to_default("warehouse")
    assert storage.claim_concurrency_slot("warehouse", run.run_id, "dbt").is_claimed
    assert not storage.claim_concurrency_slot("warehouse", NEXT, "dbt").is_claimed
    if is_deleted:
        opened.delete_run(run.run_id)
    close_dead_runs(opened, settings.dagster_home, NEXT)
    assert storage.claim_concurrency_slot("warehouse", NEXT, "dbt").is_claimed
    close_dead_runs(opened, settings.dagster_home, NEXT)
    assert storage.get_concurrency_info("warehouse").active_run_ids == {NEXT}


def test_dagsters_monitoring_asks_for_the_process(opened: DagsterInstance, worker: Worker) -> None:
    run = create_run(opened)
    process = worker(run)
    assert opened.run_launcher.supports_check_run_worker_health
    assert opened.run_launcher.check_run_worker_health(run).status == WorkerStatus.RUNNING
    _kill(process)
    health = opened.run_launcher.check_run_worker_health(run)
    assert (health.status, health.msg) == (WorkerStatus.FAILED, dead_runs.REASON)


def test_a_process_keeps_the_mark_of_its_newest_run(settings: Settings) -> None:
    mark(settings.dagster_home, "first")
    assert has_process(settings.dagster_home, "first")
    mark(settings.dagster_home, "second")
    mark(settings.dagster_home, "second")
    assert has_process(settings.dagster_home, "first") is False
    assert has_process(settings.dagster_home, "second")
    assert has_process(settings.dagster_home, "third") is None


def test_a_run_says_what_it_waits_for_and_what_it_closed(
    settings: Settings, opened: DagsterInstance, worker: Worker
) -> None:
    dead, run = create_run(opened), create_run(opened)
    _kill(worker(dead))
    command = [sys.executable, "-c", HOLD, str(settings.home), "2"]
    said: list[tuple[float, str]] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as other:
        assert other.stdout is not None
        other.stdout.readline()
        began = time.monotonic()
        with working(settings, opened, run, lambda text: said.append((time.monotonic() - began, text))):
            assert str(locks.home_holder(settings.home)) == "None"
    assert [text.split("(")[0] for _, text in said] == [
        f"数据目录正在被进程 {other.pid}",
        f"运行 {dead.run_id[:8]} 的进程已中断,已标记为失败,占用的资源已释放。",
    ]
    assert "shouwang run 2021-06" in said[0][1]
    assert said[0][0] < 1
    assert _status(opened, dead) == DagsterRunStatus.FAILURE


def test_a_run_that_was_closed_while_it_waited_does_not_work(settings: Settings, opened: DagsterInstance) -> None:
    run = create_run(opened)
    opened.report_run_canceled(run)
    said: list[str] = []
    with pytest.raises(DagsterExecutionInterruptedError), working(settings, opened, run, said.append):
        pytest.fail("the run works")
    assert "不再执行" in said[0]
    assert locks.home_holder(settings.home) is None
