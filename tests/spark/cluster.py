"""A cluster of Spark on this machine, as deploy/spark starts it: a master, workers and the Thrift server.

Belongs here: its processes, each of which can be killed. Does not belong here: what runs on it.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.paths import ROOT

MASTER_PORT, THRIFT_PORT = 7077, 10000
WAIT_SECONDS = 180


def missing() -> str:
    """Say what Spark lacks here; empty if nothing."""
    lacking = [package for package in ("pyspark", "dbt.adapters.spark") if not _is_there(package)]
    if not shutil.which("java"):
        lacking.append("java")
    return f"没有 {'、'.join(lacking)}:见 deploy/spark" if lacking else ""


def _is_there(package: str) -> bool:
    try:
        return importlib.util.find_spec(package) is not None
    except ModuleNotFoundError:
        return False


@dataclass
class Cluster:
    """A running cluster; ``folder`` is in place of a data home, and has the logs."""

    folder: Path
    workers: list[subprocess.Popen[bytes]]

    @property
    def tables(self) -> Path:
        """The folder of the tables that Spark keeps, ``<schema>.db/<table>``."""
        return self.folder / "warehouse" / "spark" / "tables"

    def kill_worker(self, number: int) -> None:
        """Kill a worker with its executor, as a machine does that loses its power."""
        os.killpg(self.workers[number].pid, signal.SIGKILL)
        self.workers[number].wait()

    def said(self, text: str) -> list[str]:
        """Return what the Thrift server, the driver of all statements, logged about something."""
        return [line for line in (self.folder / "thrift.log").read_text("utf-8").splitlines() if text in line]


@contextmanager
def cluster(folder: Path, workers: int = 2) -> Iterator[Cluster]:
    """Start a cluster with workers of one core, and end it.

    Raises RuntimeError if another cluster runs here, TimeoutError if a part does not answer.
    """
    if taken := [port for port in (MASTER_PORT, THRIFT_PORT) if _answers(port)]:
        raise RuntimeError(f"ports {taken} are taken: another cluster runs on this machine")
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        _start(stack, folder, "master", "master")
        _wait(MASTER_PORT, folder / "master.log")
        started = [_start(stack, folder, "worker", f"worker-{number}") for number in range(workers)]
        _start(stack, folder, "thrift", "thrift")
        _wait(THRIFT_PORT, folder / "thrift.log")
        yield Cluster(folder, started)


def _start(stack: ExitStack, folder: Path, part: str, name: str) -> subprocess.Popen[bytes]:
    """Start a part in a group of processes of its own, and let the stack end the group."""
    variables = {"SHOUWANG_HOME": str(folder), "PYTHON": sys.executable, "SPARK_CORES": "1", "TMPDIR": str(folder)}
    log = stack.enter_context((folder / f"{name}.log").open("wb"))
    running = subprocess.Popen(
        [str(ROOT / "deploy" / "spark" / "run"), part],
        env={**os.environ, **variables}, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    stack.callback(_end, running)
    return running


def _end(running: subprocess.Popen[bytes]) -> None:
    if running.poll() is None:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()


def _wait(port: int, log: Path) -> None:
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        if _answers(port):
            return
        time.sleep(0.5)
    raise TimeoutError(f"Spark does not answer on port {port}; see {log}")


def _answers(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0
