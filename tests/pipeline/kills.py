"""``python -m tests.pipeline.kills command_line|web|sensor COUNT``: kill runs at random moments.

Every kill is one of a month that nobody has landed yet. Odd kills end the run's process; of the web server and the
sensor, even ones end everything, as a power cut does. After each, the next run must succeed, its marts must equal
those of a home where nothing was killed, cell by cell, and no lock, slot or unfinished run may be left.
Belongs here: the experiment and its counts. Does not belong here: a test of the suite (``test_dead_runs``).
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import duckdb
from dagster import DagsterInstance, DagsterRunStatus, RunsFilter

from orchestration.runtime import dead_runs, instance, locks
from orchestration.runtime.settings import Settings
from tests.paths import ROOT
from tests.pipeline.test_dead_runs import CONTRACTS, JUNE, deliver, run_of_the_sensor
from tests.pipeline.web import SHOUWANG, Web, kill, tree, until, web
from tests.unit.sources.builder import Desk, csv_file, row, table

RUN = [*SHOUWANG, "run", str(JUNE)]
KEPT = ("dagster", "web.log")
SECONDS = 300.0
"""Time limit for the run after a killed one; the machine may be busy."""
UNFINISHED = [
    DagsterRunStatus.NOT_STARTED,
    DagsterRunStatus.QUEUED,
    DagsterRunStatus.STARTING,
    DagsterRunStatus.STARTED,
    DagsterRunStatus.CANCELING,
]
Cells = dict[tuple[str, str], list[Any]]


def fill(settings: Settings, number: int) -> None:
    """Make a home with a new month, keeping Dagster's records; ``number`` makes its content differ in no mart."""
    for path in settings.home.glob("*"):
        if path.name == "restricted":
            for inner in path.iterdir():
                if inner.name != "ui_token":
                    shutil.rmtree(inner) if inner.is_dir() else inner.unlink()
        elif path.name not in KEPT:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    settings.paths.prepare()
    deliver(settings.paths)
    desk = Desk(settings.paths)
    for name in ("project_assets", "serious_illness"):
        dataset = CONTRACTS.dataset(name)
        rows = csv_file(table(dataset, [row(dataset, n) for n in range(1, 4)]))
        desk.put(dataset, f"{dataset.label}.csv", rows, JUNE)
    desk.put(CONTRACTS.dataset("project_assets"), "说明.txt", f"第 {number} 次".encode(), JUNE)


def cells(settings: Settings) -> Cells:
    """Read all cells of the published marts by mart and column, sorted."""
    with duckdb.connect(str(settings.paths.published / "marts.duckdb"), read_only=True) as connection:
        query = "select table_name, column_name from duckdb_columns() where schema_name = 'marts'"
        return {
            (mart, column): connection.sql(f'select list("{column}" order by "{column}") from marts.{mart}').fetchall()
            for mart, column in connection.execute(query).fetchall()
        }


def run_undisturbed() -> float:
    """Run the month of the home on the command line, and return its seconds. Raises CalledProcessError if it fails."""
    began = time.monotonic()
    subprocess.run(RUN, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, timeout=SECONDS)
    return time.monotonic() - began


def check(settings: Settings, opened: DagsterInstance, expected: Cells) -> None:
    """Check marts, lock, slots and runs. Raises AssertionError."""
    found = cells(settings)
    assert found.keys() == expected.keys()
    assert [key for key in found if found[key] != expected[key]] == []
    until(lambda: locks.home_holder(settings.home) is None, "free home")
    until(lambda: not opened.get_runs(RunsFilter(statuses=UNFINISHED)), "no unfinished run", 60)
    pools = opened.event_log_storage.get_concurrency_infos(sorted(opened.event_log_storage.get_concurrency_keys()))
    assert not [slot for pool in pools.values() for slot in pool.claimed_slots]


def kill_command_line(seconds: float) -> str:
    """Kill a run of the command line after some seconds; return what it was doing."""
    run = subprocess.Popen(RUN, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    with suppress(subprocess.TimeoutExpired):
        run.communicate(timeout=seconds)
        return "finished before"
    run.kill()
    run.communicate()
    return "killed"


def workers(opened: Web) -> dict[int, str]:
    """Map the processes of runs that the code server started to their start times."""
    found = {}
    for pid, started in tree(opened.root).items():
        with suppress(OSError):
            if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found[pid] = started
    return found


def doing(opened: DagsterInstance, run_id: str) -> str:
    """Return the newest step of a run, or its status."""
    steps = [s for s in opened.get_run_step_stats(run_id) if s.start_time]
    run = opened.get_run_by_id(run_id)
    return max(steps, key=lambda s: s.start_time or 0).step_key if steps else f"{run and run.status.value}"


def main(by: str, count: int) -> None:
    """Kill ``count`` runs and print what became of each. Raises AssertionError at the first surprise."""
    root = Path(tempfile.mkdtemp(prefix="kills-"))
    (root / "secret").write_text("0" * 64)
    (root / "secret").chmod(0o600)
    os.environ["SHOUWANG_SECRET_FILE"] = str(root / "secret")
    os.environ["SHOUWANG_SETTLE_SECONDS"] = "0"
    settings = Settings(home=root / "undisturbed")
    instance.prepare(settings)
    fill(settings, 0)
    run_undisturbed()
    fill(settings, 0)
    whole = run_undisturbed()
    expected = cells(settings)
    print(f"{root}: undisturbed month {whole:.0f} s, {len(expected)} columns", flush=True)
    settings = Settings(home=root / "home")
    instance.prepare(settings)
    chance, counts = random.Random(), Counter[str]()
    with ExitStack() as stack, instance.open_instance(settings) as opened:
        server = stack.enter_context(web(settings)) if by != "command_line" else None
        for number in range(1, count + 1):
            fill(settings, number)
            # The machine is now faster, now slower: the newest run says how long one takes.
            seconds = chance.uniform(0, whole)
            if server is None:
                at = kill_command_line(seconds)
                waited = run_undisturbed()
            else:
                is_power_cut = number % 2 == 0
                run_id = server.launch(str(JUNE)) if by == "web" else run_of_the_sensor(server)
                time.sleep(seconds)
                at = doing(opened, run_id)
                if is_power_cut:
                    kill(tree(server.root))
                    at += ", power cut"
                    server = stack.enter_context(web(settings))
                else:
                    found = workers(server)
                    kill(found)
                    at += "" if found else ", nothing to kill"
                began = time.monotonic()
                following = server.launch(str(JUNE)) if by == "web" else retry_of(opened, run_id)
                ended = server.wait_for_end(following, SECONDS)
                assert ended.status == DagsterRunStatus.SUCCESS, (number, run_id, following, ended.status)
                waited = time.monotonic() - began
            check(settings, opened, expected)
            # A run that had ended before it was killed has no next one.
            whole = waited if waited > 1 else whole
            counts[at] += 1
            print(f"{number}: after {seconds:.1f} s ({at}), next run {waited:.0f} s", flush=True)
    print(json.dumps(counts, ensure_ascii=False, indent=2))
    shutil.rmtree(root)


def retry_of(opened: DagsterInstance, run_id: str) -> str:
    """Return the run that the daemon launched for a dead one; the run itself if it ended before it was killed."""

    def found() -> str | None:
        run = opened.get_run_by_id(run_id)
        if run and run.status == DagsterRunStatus.SUCCESS:
            return run_id
        retried = opened.get_runs(RunsFilter(tags={"dagster/parent_run_id": run_id}))
        return retried[0].run_id if retried else None

    # Killed before it had set its mark, a run counts as starting for a while.
    return until(found, f"retry of {run_id}", dead_runs.START_SECONDS + 120)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
