"""``python -m tests.pipeline.backfills assets|job MONTHS HOUSEHOLDS``: fill many months from files in one go.

The backfill is launched as the page of the assets, or of the job with its later months in another order, launches it.
The register of one month is damaged. Later, while a month is computed, its process, the code server, the daemon and
everything are killed, and everything is stopped as by ``systemctl stop``. Every month must run in order; only the bad
one fails and says why, the others are published. After the corrected register arrives, the rest of the backfill is
repeated, and all months are published.
Belongs here: the experiment and its figures. Does not belong here: a test of the suite (``test_backfill``).
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from dagster import DagsterRunStatus, RunsFilter
from dagster._core.execution.backfill import BULK_ACTION_TERMINAL_STATUSES

from orchestration.definitions import defs
from orchestration.publishing.version import current
from orchestration.runtime import instance
from orchestration.runtime.settings import Settings
from sources.months import Month
from tests.district import DIVISIONS
from tests.pipeline.parts import Parts, parts
from tests.pipeline.web import REPOSITORY, Web, is_ready, until

LAUNCH = """
mutation($parameters: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $parameters) {
  __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }
"""
REPEAT = """
mutation($parameters: ReexecutionParams!) { reexecutePartitionBackfill(reexecutionParams: $parameters) {
  __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }
"""
FIRST = Month(2021, 1)
SECONDS_PER_MONTH = 600.0
STOP = "stop"
KILLED = "run", STOP, "code", "daemon", "all"
"""What is killed, in different months; or that everything is stopped."""


@dataclass(frozen=True)
class Ran:
    """A finished run of a backfill; ``why`` is the text of its failed step, or of its end."""

    month: str
    success: bool
    started: float
    ended: float
    why: str


def launch(opened: Web, by: str, months: Sequence[str]) -> str:
    """Launch a backfill over months in the given order, of all assets or of the job; return its id."""
    if by == "assets":
        keys = defs.resolve_asset_graph().get_all_asset_keys()
        target: dict[str, Any] = {"assetSelection": [{"path": list(key.path)} for key in sorted(keys)]}
    else:
        target = {"selector": {"partitionSetName": "monthly_run_partition_set", "repositorySelector": REPOSITORY}}
    return _launched(opened.ask(LAUNCH, parameters={**target, "partitionNames": list(months)}))


def repeat(opened: Web, backfill: str) -> str:
    """Repeat what failed of a backfill, as its page does; return the id of the new one."""
    return _launched(opened.ask(REPEAT, parameters={"parentRunId": backfill, "strategy": "FROM_FAILURE"}))


def _launched(answers: dict[str, Any]) -> str:
    (answer,) = answers.values()
    assert answer["__typename"] == "LaunchBackfillSuccess", answer
    return str(answer["backfillId"])


def wait_for(opened: Web, backfill: str, months: int, seconds: float = SECONDS_PER_MONTH) -> list[Ran]:
    """Wait for the end of a backfill, and return its runs in the order in which they started."""
    of_backfill = RunsFilter(tags={"dagster/backfill": backfill})

    def ended() -> bool:
        found = opened.opened.get_backfill(backfill)
        runs = opened.opened.get_runs(of_backfill)
        is_over = found is not None and found.status in BULK_ACTION_TERMINAL_STATUSES
        return is_over and all(run.is_finished for run in runs)

    until(ended, f"end of {backfill}", seconds * months, 1)
    return sorted((_ran(opened, record) for record in opened.opened.get_run_records(of_backfill)), key=_start)


def _start(ran: Ran) -> float:
    return ran.started


def _ran(opened: Web, record: Any) -> Ran:
    run = record.dagster_run
    events = [entry.dagster_event for entry in opened.opened.all_logs(run.run_id) if entry.is_dagster_event]
    steps = [e.step_failure_data for e in events if e and e.is_step_failure]
    why = "".join((s.user_failure_data.description or "") for s in steps if s.user_failure_data)
    why = why or "".join(e.message or "" for e in events if e and e.is_run_failure)
    return Ran(run.tags["dagster/partition"], run.is_success, record.start_time or 0, record.end_time or 0, why)


def in_order(runs: Sequence[Ran]) -> bool:
    """Return True if each run began after the one before it had ended, and none was of an earlier month."""
    return all(a.month <= b.month and a.ended <= b.started for a, b in pairwise(runs))


def published(settings: Settings) -> list[str]:
    """List the months of the published version."""
    version = current(settings.paths.published)
    return list(version.months) if version else []


def kill_during(opened: Web, started: Parts, month: str, what: str) -> None:
    """Kill a part, everything or the process of the run, or stop everything, while dbt computes the month.

    What is gone is started again.
    """

    def computing() -> str | None:
        for run in opened.opened.get_runs(RunsFilter(statuses=[DagsterRunStatus.STARTED])):
            steps = {s.step_key for s in opened.opened.get_run_step_stats(run.run_id) if s.start_time}
            if "dbt" in steps and run.tags["dagster/partition"] == month:
                return run.run_id
        return None

    run_id = until(computing, f"dbt of {month}", SECONDS_PER_MONTH * 10, 1)
    time.sleep(random.uniform(0, 10))
    print(f"{time.strftime('%H:%M:%S')} {month}: {what}", flush=True)
    if what == "run":
        os.kill(opened.worker(run_id), signal.SIGKILL)
        return
    if what == STOP:
        started.stop(*started.names)
    for part in started.names if what == "all" else (what,):
        if part in started.running:
            started.kill(part)
    time.sleep(random.uniform(0, 20))
    started.start_missing()
    until(lambda: is_ready(opened), "web server")


def main(by: str, count: int, households: int) -> None:
    """Fill the months, print each run, and check what the module promises."""
    from sample.write import write_district

    months = [str(FIRST.shift(number)) for number in range(count)]
    bad, root = months[count // 6], Path(tempfile.mkdtemp(prefix="backfill-"))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    instance.close_process()
    os.environ["SHOUWANG_HOME"], os.environ["SHOUWANG_SETTLE_SECONDS"] = str(root / "home"), "0"
    settings = Settings()
    instance.prepare(settings)
    shutil.rmtree(settings.paths.inbox)
    write_district(settings.paths.inbox, households, [Month.parse(m) for m in months], 1, DIVISIONS)
    correct = {file: file.read_bytes() for file in (settings.paths.inbox / "agriculture" / bad).rglob("*户*名册*")}
    for file in correct:
        file.write_bytes(b"damaged")
    print(f"{root}: {bad} has {len(correct)} damaged files", flush=True)
    began = time.monotonic()
    with parts(settings, root / "parts") as (opened, started):
        # The first run starts before the others are queued; the page sends the earliest month first.
        order = months if by == "assets" else [months[0], *random.Random(1).sample(months[1:], count - 1)]
        backfill = launch(opened, by, order)
        step = max(1, count // 8)
        for month, what in zip(months[count // 6 + 1 :: step], KILLED, strict=False):
            kill_during(opened, started, month, what)
        runs = wait_for(opened, backfill, count)
        report(runs, settings, began)
        assert in_order(runs), [run.month for run in runs]
        assert [run.month for run in _last(runs) if not run.success] == [bad]
        assert published(settings) == [month for month in months if month != bad]
        for file, content in correct.items():
            file.write_bytes(content)
        again = wait_for(opened, repeat(opened, backfill), 1)
        report(again, settings, began)
        assert [(run.month, run.success) for run in again] == [(bad, True)]
        assert published(settings) == months
    shutil.rmtree(root)


def _last(runs: Sequence[Ran]) -> list[Ran]:
    """Keep the last run of each month."""
    return list({run.month: run for run in runs}.values())


def report(runs: Sequence[Ran], settings: Settings, began: float) -> None:
    """Print every run, and what they took together."""
    for run in runs:
        print(run.month, "ok" if run.success else f"failed: {run.why}", f"{run.ended - run.started:.0f} s", flush=True)
    size = sum(file.stat().st_size for file in settings.dagster_home.rglob("*") if file.is_file()) / 1e6
    print(
        f"{len(runs)} runs, {(time.monotonic() - began) / 60:.0f} minutes, Dagster's records {size:.0f} MB", flush=True
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
