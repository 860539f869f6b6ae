"""The web server, the daemon and the code server of a home, as ``shouwang ui`` opens them.

Belongs here: starting and stopping them, launching runs as the web page does, switching sensors on, the processes of a
run. Does not belong here: judging what became of the runs.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from dagster import DagsterInstance, DagsterRun

from orchestration.runtime import instance
from orchestration.runtime.locks import LOCK_FILE
from orchestration.runtime.settings import Settings
from tests.paths import ROOT
from tests.servers.system import free_port

SHOUWANG = [sys.executable, "-c", "from orchestration.commands.cli import main; main()"]
"""The command ``shouwang`` of the tested code."""
TOKEN = "token-of-the-tests"
REPOSITORY = {"repositoryLocationName": "shouwang", "repositoryName": "__repository__"}
LAUNCH = """
mutation($parameters: ExecutionParams!) { launchRun(executionParams: $parameters) {
  __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }
"""
CURSOR = """
mutation($selector: SensorSelector!, $cursor: String) {
  setSensorCursor(sensorSelector: $selector, cursor: $cursor) { __typename } }
"""
START = "mutation($selector: SensorSelector!) { startSensor(sensorSelector: $selector) { __typename } }"
Found = TypeVar("Found")
STATE = """
query($selector: SensorSelector!) { sensorOrError(sensorSelector: $selector) { ... on Sensor { sensorState { id } } } }
"""
STOP = "mutation($id: String!) { stopSensor(id: $id) { __typename } }"
READY = "{ workspaceOrError { ... on Workspace { locationEntries { locationOrLoadError { __typename } } } } }"


def until(found: Callable[[], Found | None], what: str, seconds: float = 120, pause: float = 0.2) -> Found:
    """Wait for something that is true, and return it. Raises AssertionError after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < deadline, f"{what}: not within {seconds:.0f} s"
        time.sleep(pause)
    return value


@dataclass(frozen=True)
class Web:
    """A running web server with its daemon, and the instance that it shares with this process."""

    settings: Settings
    opened: DagsterInstance
    url: str
    root: int
    """The process that opened the others."""

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """Send a GraphQL query and return its data. Raises AssertionError for errors."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"}
        request = urllib.request.Request(self.url, body, headers)
        with urllib.request.urlopen(request, timeout=60) as response:
            answer: dict[str, Any] = json.load(response)
        assert not answer.get("errors"), answer
        return dict(answer["data"])

    def launch(self, month: str) -> str:
        """Launch the monthly run as the button of the web page does; return the id of the run."""
        tags = [{"key": "dagster/partition", "value": month}]
        parameters = {"selector": {**REPOSITORY, "jobName": "monthly_run"}, "executionMetadata": {"tags": tags}}
        launched = self.ask(LAUNCH, parameters=parameters)["launchRun"]
        assert launched["__typename"] == "LaunchRunSuccess", launched
        return str(launched["run"]["runId"])

    def switch_on(self, sensor: str, cursor: str) -> None:
        """Start a sensor from a cursor, as the web page does."""
        selector = {**REPOSITORY, "sensorName": sensor}
        assert self.ask(CURSOR, selector=selector, cursor=cursor)["setSensorCursor"]["__typename"] == "Sensor"
        assert self.ask(START, selector=selector)["startSensor"]["__typename"] == "Sensor"

    def switch_off(self, sensor: str) -> None:
        """Stop a sensor."""
        selector = {**REPOSITORY, "sensorName": sensor}
        state = self.ask(STATE, selector=selector)["sensorOrError"]["sensorState"]["id"]
        assert self.ask(STOP, id=state)["stopSensor"]["__typename"] == "StopSensorMutationResult"

    def run(self, run_id: str) -> DagsterRun:
        """Read a run. Raises AssertionError if there is none."""
        run = self.opened.get_run_by_id(run_id)
        assert run
        return run

    def worker(self, run_id: str) -> int:
        """Wait until a run holds the home, and return the id of its process."""

        def holder() -> int | None:
            with suppress(ValueError, FileNotFoundError):
                held = json.loads((self.settings.home / LOCK_FILE).read_text(encoding="utf-8"))
                return int(held["pid"]) if run_id[:8] in held["what"] else None
            return None

        return until(holder, f"process of {run_id}")

    def wait_for_step(self, run_id: str, step: str) -> None:
        """Wait until a step of a run has started."""
        until(lambda: step in {s.step_key for s in self.opened.get_run_step_stats(run_id) if s.start_time}, step)

    def wait_for_end(self, run_id: str, seconds: float = 240) -> DagsterRun:
        """Wait until a run is finished, and return it."""
        until(lambda: self.run(run_id).is_finished, f"end of {run_id}", seconds)
        return self.run(run_id)


@contextmanager
def web(settings: Settings) -> Iterator[Web]:
    """Open web server and daemon for a home, and end every process that belongs to them."""
    port, log = free_port(), settings.home / "web.log"
    command = [*SHOUWANG, "ui", "--port", str(port)]
    token_file = settings.home / "restricted" / "ui_token"
    token_file.write_text(TOKEN, encoding="utf-8")
    token_file.chmod(0o600)
    environment = {**os.environ, "SHOUWANG_HOME": str(settings.home), "SHOUWANG_UI_TOKEN_FILE": str(token_file)}
    with log.open("w") as output, instance.open_instance(settings) as opened:
        server = subprocess.Popen(
            command, env=environment, cwd=ROOT, stdout=output, stderr=output, start_new_session=True
        )
        found = Web(settings, opened, f"http://127.0.0.1:{port}/graphql", server.pid)
        try:
            until(lambda: is_ready(found), "web server")
            yield found
        finally:
            end(server)


def end(process: subprocess.Popen[Any], seconds: float = 30) -> None:
    """Ask a process to end, and then kill what is left of those that it started."""
    started = tree(process.pid)
    process.send_signal(signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    kill(started)
    process.wait()


def tree(root: int) -> dict[int, str]:
    """Map a process and all that it started, in any number of steps, to their start times."""
    parents, started = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # After the name: state, parent, …, as the 20th the start time.
            fields = stat.read_text().rsplit(")", 1)[1].split()
            parents[int(stat.parent.name)], started[int(stat.parent.name)] = int(fields[1]), fields[19]
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return {pid: started[pid] for pid in found if pid in started}


def kill(processes: dict[int, str]) -> None:
    """Kill processes, unless they have ended and their number is another one's by now."""
    for pid, started in processes.items():
        if tree(pid).get(pid) == started:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def is_ready(opened: Web) -> bool:
    """Return True if the web server shows the code."""
    with suppress(OSError):
        (entry,) = opened.ask(READY)["workspaceOrError"]["locationEntries"]
        return bool((entry["locationOrLoadError"] or {}).get("__typename") == "RepositoryLocation")
    return False
