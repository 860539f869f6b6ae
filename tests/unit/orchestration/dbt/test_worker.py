"""A worker that has parsed the project answers as dbt itself does, and nothing of it outlives whoever asked."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from orchestration.dbt import manifest, worker
from orchestration.dbt.process import PARSED_VARIABLE
from orchestration.runtime.settings import DBT_PARSED, DBT_PROJECT_DIR

SECONDS = 60
SLOW = """
import os, sys, time, types
from pathlib import Path
slow = types.ModuleType("orchestration.dbt.parsed")
slow.load = lambda: "project"
def run(project, arguments):
    Path(arguments[0]).write_text(str(os.getpid()))
    time.sleep(60)
slow.run = run
import orchestration.dbt
orchestration.dbt.parsed = sys.modules["orchestration.dbt.parsed"] = slow
from orchestration.dbt import worker
import socket
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen()
print("ready", flush=True)
os.environ[worker.PARENT_VARIABLE] = str(os.getppid())
worker.serve(listener)
"""


def _dbt(
    home: Path, *arguments: str, project: Path = DBT_PROJECT_DIR, **environment: str
) -> subprocess.CompletedProcess[str]:
    own = {"SHOUWANG_HOME": str(home), "DBT_PROFILES_DIR": str(project), PARSED_VARIABLE: str(home / "parsed")}
    places = ("--target-path", str(home / "target"), "--log-path", str(home / "target"))
    return subprocess.run(
        [DBT_PARSED, "--quiet", "--no-use-colors", *arguments, *places],
        env={**os.environ, **own, **environment},
        cwd=project,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def test_the_worker_says_what_dbt_says(tmp_path: Path) -> None:
    manifest.ensure()
    marts = ("list", "--select", "path:models/marts")
    failing = ("list", "--selector", "nothing")
    alone = _dbt(tmp_path, *marts)
    with worker.ready(tmp_path / "dbt", DBT_PROJECT_DIR):
        asked, failed = _dbt(tmp_path, *marts), _dbt(tmp_path, *failing)
        (tmp_path / "warehouse").mkdir()
        seeded = _dbt(tmp_path, "seed", "--select", "districts")
        assert os.environ[worker.SOCKET_VARIABLE]
    assert _named(asked) == _named(alone) != []
    assert (asked.returncode, alone.returncode, failed.returncode, seeded.returncode) == (0, 0, 2, 0)
    # Of its records, dbt writes what became of the nodes, and not the whole project again.
    assert {file.name for file in (tmp_path / "target").glob("*.json")} == {"graph_summary.json", "run_results.json"}
    assert not list((tmp_path / "dbt").glob("*.worker"))
    assert worker.SOCKET_VARIABLE not in os.environ


def test_a_home_whose_project_a_program_elsewhere_has_parsed_reads_the_seeds_of_this_one(tmp_path: Path) -> None:
    manifest.ensure()
    (tmp_path / "warehouse").mkdir()
    seed = ("seed", "--select", "indicators")
    here = _dbt(tmp_path, *seed)
    moved = shutil.copytree(DBT_PROJECT_DIR, tmp_path / "moved", ignore=shutil.ignore_patterns("target"))
    there = _dbt(tmp_path, *seed, project=moved)
    assert (here.returncode, there.returncode) == (0, 0), here.stdout + there.stdout


def test_without_an_answer_dbt_starts_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert worker.ask([]) is None
    monkeypatch.setenv(worker.SOCKET_VARIABLE, str(tmp_path / "gone"))
    assert worker.ask([]) is None


def test_a_path_that_no_socket_takes_has_no_worker(tmp_path: Path) -> None:
    with worker.ready(tmp_path / ("长" * 80), DBT_PROJECT_DIR):
        assert worker.SOCKET_VARIABLE not in os.environ


def test_dbt_ends_with_whoever_asked_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address, begun = tmp_path / "s", tmp_path / "begun"
    monkeypatch.setenv(worker.SOCKET_VARIABLE, str(address))
    command = [sys.executable, "-c", SLOW, str(address)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as serving:
        assert serving.stdout
        assert serving.stdout.readline() == "ready\n"
        asking = subprocess.Popen([DBT_PARSED, str(begun)])
        pid = int(_until_written(begun))
        asking.kill()
        asking.wait()
        _until_gone(pid)
        serving.kill()


def _named(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [line for line in done.stdout.splitlines() if "shouwang." in line]


def _until_written(file: Path) -> str:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        with suppress(FileNotFoundError):
            if text := file.read_text():
                return text
        time.sleep(0.05)
    raise AssertionError(file)


def _until_gone(pid: int) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    raise AssertionError(f"{pid} is still there")
