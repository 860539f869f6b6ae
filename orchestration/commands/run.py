"""Running a month in this process, so that the web server shows it and the caller gets an exit code.

Belongs here: executing the job against the data home's instance, what became of it.
Does not belong here: how it is shown (``console``), the steps (``assets``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from orchestration.assets import LANDING, OUTBOX, POSTGRES, labels
from orchestration.month_range import name_months, why_never
from orchestration.runtime import dead_runs, instance, locks
from orchestration.runtime.dagster_database import words_for
from orchestration.runtime.errors import ShouwangError, cause
from orchestration.runtime.settings import Settings
from orchestration.working_days import ZONE
from sources.acceptance.expected import is_expected
from sources.contracts.model import Dataset, Department, load_contracts
from sources.home import Home
from sources.months import Month
from sources.privacy.secret import SecretError, read_secret

if TYPE_CHECKING:
    from dagster import DagsterInstance, ExecuteInProcessResult, JobDefinition

COMMAND_LINE = "命令行"
"""Who launched a run, for the lists of the web server."""
STOPPED = "运行被要求停止(Ctrl-C 或系统信号),子进程已一并结束;已发布的月份不受影响,需要时重新运行该月。"


class MonthError(ShouwangError):
    """The month cannot be run at all."""


@dataclass(frozen=True)
class DatasetReport:
    """What became of one dataset: ``accepted``, ``rejected``, ``not_delivered``, ``not_due`` or ``failed``."""

    department: str
    name: str
    label: str
    status: str
    figures: Mapping[str, Any]

    def figure(self, name: str) -> int:
        """Return a count of the dataset's metadata, 0 if there is none."""
        return int(self.figures.get(name) or 0)


@dataclass(frozen=True)
class RunReport:
    """What became of a run; ``errors`` are Chinese sentences without identities."""

    month: Month
    run_id: str
    success: bool
    seconds: float
    datasets: tuple[DatasetReport, ...] = ()
    errors: tuple[str, ...] = ()
    files_not_recognised: int = 0
    published: Mapping[str, Any] = field(default_factory=dict)
    stage_seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_published(self) -> bool:
        """True where the run has published the month: a part of the assets may leave that to another run."""
        return self.success and bool(self.published)

    @property
    def is_clean(self) -> bool:
        """True where the month is published and every dataset could be dealt with."""
        return self.success and not self.errors and not any(d.status == "failed" for d in self.datasets)


def run_month(
    settings: Settings, month: Month, log_level: str = "CRITICAL", selection: Sequence[str] | None = None
) -> RunReport:
    """Run ``monthly_run`` for a month, or a selection of its assets by their keys, and report.

    Raises HomeBusyError when another process works on the home, MonthError for a month that is not over or too early
    and for a secret that is not that of the home, PermissionError when the home cannot be written.
    """
    instance.prepare(settings)
    with locks.holding(settings.home, f"shouwang run {month}"):
        _require_secret(settings)
        if refusal := why_never(settings, month, datetime.now(ZONE).date()):
            raise MonthError(refusal)
        name_months([month])
        from orchestration.automation.jobs import MONTHLY_RUN
        from orchestration.definitions import defs

        started = time.perf_counter()
        result = execute(settings, defs.resolve_job_def(MONTHLY_RUN), month, log_level, selection)
        return _report(settings.paths, month, result, time.perf_counter() - started)


def execute(
    settings: Settings, job: JobDefinition, month: Month, log_level: str, selection: Sequence[str] | None = None
) -> ExecuteInProcessResult:
    """Execute a job for a month in this process; the home is prepared and held.

    Raises MonthError if Dagster cannot keep its records.
    """
    from dagster._core.utils import make_new_run_id

    with _records_writable(settings), instance.open_instance(settings) as opened:
        run_id = make_new_run_id()
        dead_runs.mark(settings.dagster_home, run_id)
        return _execute(opened, job, run_id, month, log_level, selection)


def _execute(
    opened: DagsterInstance, job: JobDefinition, run_id: str, month: Month, log_level: str,
    selection: Sequence[str] | None,
) -> ExecuteInProcessResult:  # fmt: skip
    """Create a run as the web server of ``shouwang ui`` creates one, and execute it in this process.

    ``execute_in_process`` would create one of no code location, with another executor: the web server shows such a run
    under no job and on no timeline, and cannot repeat it.
    """
    from dagster import AssetKey, ExecuteInProcessResult
    from dagster import _check as check
    from dagster._core.definitions.job_base import InMemoryJob
    from dagster._core.execution.api import execute_run_iterator

    from orchestration.commands.ui.origin import origin_of
    from orchestration.runtime.whole_runs import LAUNCHED_BY

    selected = frozenset(map(AssetKey.from_user_string, selection)) if selection else None
    run = opened.create_run_for_job(
        job,
        run_id=run_id,
        run_config={"loggers": {"console": {"config": {"log_level": log_level}}}},
        tags={**job.run_tags, **job.get_tags_for_partition_key(str(month), selected), LAUNCHED_BY: COMMAND_LINE},
        asset_selection=selected,
        remote_job_origin=origin_of(job.name),
    )
    events = list(execute_run_iterator(InMemoryJob(job), run, opened))
    return ExecuteInProcessResult(events, check.not_none(opened.get_run_by_id(run_id)), None, job)


def assets_in(is_chosen: Callable[[str], bool]) -> list[str]:
    """List the keys of the assets whose group is chosen, for the selection of a run."""
    from orchestration.definitions import defs

    graph = defs.resolve_asset_graph()
    return sorted("/".join(k.path) for k in graph.get_all_asset_keys() if is_chosen(str(graph.get(k).group_name)))


def _require_secret(settings: Settings) -> None:
    """Check the secret before anything else is done. Raises MonthError if it is not that of the home."""
    try:
        read_secret(settings.paths, load_contracts(), settings.secret_file)
    except SecretError as error:
        raise MonthError(str(error)) from None


@contextmanager
def _records_writable(settings: Settings) -> Iterator[None]:
    """Say in words that Dagster cannot keep its records: on a full disk that may be the first thing to fail.

    Raises MonthError, without the statement that failed.
    """
    from sqlalchemy.exc import DBAPIError

    try:
        yield
    except DBAPIError as error:
        database = settings.dagster_database
        why = words_for(str(error.orig)) if database else cause(error) or type(error.orig).__name__
        where, what = (database.shown, "数据库") if database else (settings.dagster_home, "磁盘空间和目录权限")
        raise MonthError(f"运行记录({where})读写失败:{why}。请检查{what}后重新运行;已发布的月份不受影响。") from None


def _status(home: Home, department: Department, dataset: Dataset, month: Month, status: str) -> str:
    """Tell a table that is not due, in this month or yet, from one that the department owes."""
    is_awaited = department.awaited_until(month, datetime.now(ZONE).date()) is not None
    is_owed = is_expected(home, dataset, month) and not is_awaited
    return "not_due" if status == "not_delivered" and not is_owed else status


def _report(home: Home, month: Month, result: ExecuteInProcessResult, seconds: float) -> RunReport:
    metadata = {
        tuple(e.asset_key.path): labels.read({name: value.value for name, value in e.materialization.metadata.items()})
        for e in result.get_asset_materialization_events()
        if e.asset_key
    }
    datasets = [
        DatasetReport(
            d.department, d.name, d.label, _status(home, department, d, month, str(figures["status"])), figures
        )
        for department in load_contracts().values()
        for d in department.datasets
        if (figures := metadata.get((d.department, d.name)))
    ]
    durations = {
        str(e.step_key): e.step_success_data.duration_ms / 1000 for e in result.all_events if e.is_step_success
    }
    return RunReport(
        month=month,
        run_id=result.run_id,
        success=result.success,
        seconds=seconds,
        datasets=tuple(datasets),
        errors=tuple(errors_of(result)),
        files_not_recognised=int(str(metadata.get(("intake", "deliveries"), {}).get("files_not_recognised", 0))),
        published=metadata.get(("published_marts",), {}),
        stage_seconds=durations,
    )


def errors_of(result: ExecuteInProcessResult) -> list[str]:
    """Return the errors of a run as Chinese sentences: failed steps, and checks of what leaves the home."""
    from dagster import DagsterExecutionInterruptedError

    errors = []
    for event in result.all_events:
        if event.is_step_failure:
            failure = event.step_failure_data
            told = failure.user_failure_data.description if failure.user_failure_data else None
            if failure.error and failure.error.cls_name == DagsterExecutionInterruptedError.__name__:
                told = STOPPED
            errors.append(told or (failure.error.message if failure.error else f"步骤 {event.step_key} 失败"))
    errors += [
        check.description or f"{check.asset_key.to_user_string()} 没有完成"
        for check in result.get_asset_check_evaluations()
        if check.asset_key.path[0] in (OUTBOX, LANDING, POSTGRES) and not check.passed
    ]
    if not errors and not result.success:
        errors.append("运行失败,详情请在 Dagster 界面查看。")
    return errors
