"""Run one month in a separate process and measure its stages: ``python -m tests.bench.month MONTH``.

Belongs here: running the month as ``shouwang run`` does, in the data home of ``SHOUWANG_HOME``; time and memory.
Does not belong here: samples, the floor, the printed tables (``run``, ``show``).

Stages are the steps of the run: the departments' steps (reading, conforming, the gate, acceptance), their feedback
workbooks, dbt, publishing. Memory is the resident memory of this process and its children (dbt), sampled ten times a
second from ``/proc``; zero without ``/proc``.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestration.runtime.settings import Settings

Span = tuple[float, float]
INTERVAL = 0.1
START_UP, INTAKE, FEEDBACK, DBT, PUBLISH, REST = (
    "start-up", "intake and gate", "feedback workbooks", "dbt", "publish", "everything else",
)  # fmt: skip
STAGES = {"dbt": DBT, "published_marts": PUBLISH}


def resident(process: int | str = "self") -> float:
    """Measure the resident memory of a process and its children in MiB."""
    folder = Path("/proc") / str(process)
    try:
        pages = int((folder / "statm").read_text().split()[1])
        children = [c for task in (folder / "task").iterdir() for c in (task / "children").read_text().split()]
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2 + sum(map(resident, children))


def watch(samples: list[tuple[float, float]]) -> None:
    """Append a memory sample every INTERVAL seconds, until the process ends."""
    while True:
        samples.append((time.time(), resident()))
        time.sleep(INTERVAL)


def stage_of(step: str, departments: set[str]) -> str:
    """Return the stage of a step."""
    if step in departments:
        return INTAKE
    return FEEDBACK if step.startswith("outbox") else STAGES.get(step, REST)


def spans_of(settings: Settings, run_id: str, departments: set[str]) -> dict[str, list[Span]]:
    """Read from the event log the start and end of each stage's steps."""
    from dagster import DagsterEventType

    from orchestration.runtime import instance

    started: dict[str, float] = {}
    spans = defaultdict(list)
    with instance.open_instance(settings) as opened:
        for entry in opened.all_logs(run_id):
            step = entry.step_key or ""
            if entry.dagster_event_type == DagsterEventType.STEP_START:
                started[step] = entry.timestamp
            elif entry.dagster_event_type in (DagsterEventType.STEP_SUCCESS, DagsterEventType.STEP_FAILURE):
                spans[stage_of(step, departments)].append((started[step], entry.timestamp))
    return spans


def _figures(spans: list[Span], samples: list[tuple[float, float]]) -> dict[str, float]:
    held = [mib for at, mib in samples for begin, end in spans if begin <= at <= end]
    return {"seconds": sum(end - begin for begin, end in spans), "peak_mib": max(held, default=0.0)}


def main(month: str) -> None:
    """Run a month and print as JSON: success, errors, rows, seconds by table, seconds and peak MiB by stage."""
    samples: list[tuple[float, float]] = []
    threading.Thread(target=watch, args=(samples,), daemon=True).start()
    started = time.time()
    from orchestration.commands.run import run_month
    from orchestration.definitions import defs
    from orchestration.runtime.settings import Settings
    from sources.contracts.model import load_contracts
    from sources.months import Month

    assert defs
    ready = time.time()
    settings = Settings()
    report = run_month(settings, Month.parse(month))
    ended = time.time()
    spans = {START_UP: [(started, ready)], **spans_of(settings, report.run_id, set(load_contracts()))}
    stages = {name: _figures(of, samples) for name, of in spans.items() if name != REST}
    known = sum(stage["seconds"] for stage in stages.values())
    stages[REST] = {"seconds": ended - started - known, "peak_mib": 0.0}
    about = {
        "success": report.success,
        "errors": report.errors,
        "rows": sum(d.figure("rows_in_file") for d in report.datasets),
        "datasets": {d.name: d.figures.get("seconds") or 0.0 for d in report.datasets},
        "stages": stages,
        "peak_mib": max(mib for _, mib in samples),
    }
    print(json.dumps(about, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
