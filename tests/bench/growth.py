"""Measure how Dagster's storage grows over runs, and what the first pages cost, before and after ``shouwang tidy``.

``python -m tests.bench.growth HOME [RUNS]`` copies the records of a data home with runs to a temporary folder, and
copies its runs until there are as many, each under an id of its own. It then asks for what the pages of runs and of
assets show first, removes the logs of the copied runs as retention does, and asks again. The home is only read.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
import tempfile
import time
import uuid
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

from dagster import DagsterInstance
from starlette.testclient import TestClient

from orchestration.commands.ui.web import dagster_application
from orchestration.runtime import instance
from orchestration.runtime.old_runs import old_logs, remove_logs
from orchestration.runtime.settings import Settings

RUNS = 72
PAGES = {
    "runs": "{ runsOrError(limit: 25) { ... on Runs { results { runId status startTime tags { key value } } } } }",
    "assets": "{ assetRecordsOrError(limit: 1000) { ... on AssetRecordConnection { assets { key { path } } } } }",
    "one run": "query($id: ID!) { logsForRun(runId: $id, limit: 1000) { ... on EventConnection { cursor } } }",
}


def main() -> None:
    """Print sizes and times of the home that the first argument names."""
    home, runs = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else RUNS
    with tempfile.TemporaryDirectory() as place:
        os.environ |= {"SHOUWANG_HOME": place, "DAGSTER_HOME": ""}
        shutil.copytree(home / "dagster", Path(place) / "dagster")
        settings = Settings()
        instance.prepare(settings)
        _show(settings, "as it is")
        _multiply(settings.dagster_home / "history", runs)
        _show(settings, "more runs")
        with instance.open_instance(settings) as opened:
            remove_logs(settings, old_logs(settings, opened, 1, date(2100, 1, 1)))
        _show(settings, "after retention")


def _multiply(history: Path, runs: int) -> None:
    """Copy the runs of a history until there are as many."""
    with (
        closing(sqlite3.connect(history / "runs.db")) as known,
        closing(sqlite3.connect(history / "runs" / "index.db")) as index,
    ):
        first = [str(row[0]) for row in known.execute("select run_id from runs order by id")]
        for number in range(len(first), runs):
            run, copy = first[number % len(first)], str(uuid.uuid4())
            shutil.copyfile(history / "runs" / f"{run}.db", history / "runs" / f"{copy}.db")
            for table in ("runs", "run_tags"):
                _copy(known, table, run, copy)
            for table in ("event_logs", "asset_check_executions"):
                _copy(index, table, run, copy)
        known.commit()
        index.commit()


def _copy(database: sqlite3.Connection, table: str, run: str, copy: str) -> None:
    """Copy the rows of a run, with the id of the copy wherever the run is named."""
    columns = [row[1] for row in database.execute(f"pragma table_info({table})") if row[1] != "id"]
    values = ", ".join(f"replace({c}, ?1, ?2)" if c in _NAMING else c for c in columns)
    database.execute(
        f"insert into {table} ({', '.join(columns)}) select {values} from {table} where run_id = ?1", (run, copy)
    )


_NAMING = {"run_id", "run_body", "event", "evaluation_event"}


def _show(settings: Settings, state: str) -> None:
    history = settings.dagster_home / "history"
    size = sum(file.stat().st_size for file in history.rglob("*") if file.is_file()) / 1e6
    index = (history / "runs" / "index.db").stat().st_size / 1e6
    with instance.open_instance(settings) as opened:
        count = opened.get_runs_count()
        run = opened.get_runs(limit=1)[0].run_id
        checks = _results(opened)
    workspace = settings.home / "workspace.yaml"
    workspace.write_text("load_from: []\n", encoding="utf-8")
    with dagster_application(settings, workspace, read_only=True) as application, TestClient(application) as client:
        times = {page: _time(client, query, {"id": run}) for page, query in PAGES.items()}
    said = ", ".join(f"{page} {seconds * 1000:.0f} ms" for page, seconds in times.items())
    print(f"{state}: {count} runs, {size:.0f} MB, of that index {index:.0f} MB; {checks} check results; {said}")


def _results(opened: DagsterInstance) -> int:
    with opened.event_log_storage.index_connection() as connection:
        return int(connection.exec_driver_sql("select count(*) from asset_check_executions").scalar_one())


def _time(client: Any, query: str, variables: dict[str, str]) -> float:
    """Return the shortest of three answers, in seconds."""
    times = []
    for _ in range(3):
        began = time.perf_counter()
        answer = client.post("/graphql", json={"query": query, "variables": variables}).json()
        times.append(time.perf_counter() - began)
        assert not answer.get("errors"), answer
    return min(times)


if __name__ == "__main__":
    main()
