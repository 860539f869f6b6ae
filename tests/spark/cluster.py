"""A cluster of Spark on this machine: a master, workers, the Thrift server; each a process that can be killed.

It takes Spark from the installed package ``pyspark`` (deploy/spark), and Java.
Belongs here: processes and their ports. Does not belong here: what runs on it.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

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
    """A running cluster; ``thrift_port`` is where dbt connects to, ``folder`` holds logs, catalogue and tables."""

    folder: Path
    thrift_port: int
    workers: list[subprocess.Popen[bytes]]

    @property
    def tables(self) -> Path:
        """The folder of the tables that Spark keeps, ``<schema>.db/<table>``."""
        return self.folder / "tables"

    def kill_worker(self, number: int) -> None:
        """Kill a worker with its executor, as a machine does that loses its power."""
        os.killpg(self.workers[number].pid, signal.SIGKILL)
        self.workers[number].wait()

    def said(self, text: str) -> list[str]:
        """Return what the Thrift server, the driver of all statements, logged about something."""
        return [line for line in (self.folder / "thrift.log").read_text("utf-8").splitlines() if text in line]


@contextmanager
def cluster(folder: Path, workers: int = 2, memory: str = "2g", driver: str = "2g") -> Iterator[Cluster]:
    """Start a cluster with its files in a folder, and end it. Raises TimeoutError if a part does not answer."""
    folder.mkdir(parents=True, exist_ok=True)
    master, thrift = _free_port(), _free_port()
    url = f"spark://127.0.0.1:{master}"
    with ExitStack() as stack:
        _start(stack, folder, "master", ["org.apache.spark.deploy.master.Master", *_at(master)])
        _wait(master, "master")
        started = [
            _start(
                stack, folder, f"worker-{number}",
                ["org.apache.spark.deploy.worker.Worker", *_at(0), "--cores", "1", "--memory", memory,
                 "--work-dir", str(folder / f"work-{number}"), url],
            )
            for number in range(workers)
        ]  # fmt: skip
        settings = {
            "spark.master": url,
            "spark.driver.memory": driver,
            "spark.executor.memory": memory,
            "spark.ui.enabled": "false",
            "spark.sql.shuffle.partitions": "8",
            "spark.sql.warehouse.dir": str(folder / "tables"),
            "spark.hadoop.hive.server2.thrift.port": str(thrift),
            "spark.hadoop.hive.server2.thrift.bind.host": "127.0.0.1",
        }
        options = [part for name, value in settings.items() for part in ("--conf", f"{name}={value}")]
        server = ["--class", "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2", "spark-internal"]
        _start(
            stack,
            folder,
            "thrift",
            ["org.apache.spark.deploy.SparkSubmit", *options, *server],
        )
        _wait(thrift, "thrift")
        yield Cluster(folder, thrift, started)


def _at(port: int) -> list[str]:
    return ["--host", "127.0.0.1", "--port", str(port), "--webui-port", "0"]


def _start(stack: ExitStack, folder: Path, name: str, command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start a class of Spark in a group of processes of its own, and let the stack end the group."""
    spec = importlib.util.find_spec("pyspark")
    assert spec
    assert spec.origin
    spark = Path(spec.origin).parent
    environment = {**os.environ, "SPARK_HOME": str(spark), "SPARK_LOCAL_IP": "127.0.0.1"}
    log = stack.enter_context((folder / f"{name}.log").open("wb"))
    running = subprocess.Popen(
        [str(spark / "bin" / "spark-class"), *command],
        cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    stack.callback(_end, running)
    return running


def _end(running: subprocess.Popen[bytes]) -> None:
    if running.poll() is None:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait(port: int, name: str) -> None:
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.5)
    raise TimeoutError(f"{name} of Spark does not answer on port {port}; see its log")
