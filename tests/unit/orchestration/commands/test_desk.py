"""The program for a department's desk, not built: the result of ``shouwang check``, and what it does not need."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.commands import desk
from sources.reading.files.reader_process import READER_ARGUMENT, ReaderProcess
from tests.paths import ROOT
from tests.unit.sources.builder import CONTRACTS, csv_file, row, table, xlsx_file

ALLOWANCE = CONTRACTS.dataset("subsistence_allowance")
ABSENT = """
import os, sys
class Absent:
    def find_spec(self, name, *_):
        asking = sys._getframe(1)
        while "importlib" in asking.f_code.co_filename:
            asking = asking.f_back
        ours = asking.f_globals.get("__name__", "").split(".")[0] in ("sources", "workbooks", "orchestration")
        if name.split(".")[0] in ("dagster", "dbt", "duckdb") or ours and name in ("fcntl", "grp", "pwd"):
            raise ImportError(name)
for name in ("fcntl", "grp", "pwd"):
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Absent())
for name in ("O_NOFOLLOW", "O_NONBLOCK"):
    delattr(os, name)
"""
"""What a computer with Windows and without the engines lacks."""


def call(tmp_path: Path, main: str, *arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)}
    command = [sys.executable, "-c", main, *map(str, arguments)]
    return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)


def test_the_result_is_that_of_the_office_without_its_engines(tmp_path: Path) -> None:
    rows = table(ALLOWANCE, [row(ALLOWANCE, n) for n in range(1, 4)])
    (tmp_path / "低保.xlsx").write_bytes(xlsx_file({"甲": rows}))
    (tmp_path / "低保.csv").write_bytes(csv_file([rows[0], *rows[1:2]]))
    arguments = ("check", "民政局", "低保.xlsx", "低保.csv", "--month", "2021-06", "--json")
    office = call(tmp_path, "from orchestration.commands.cli import main; main()", *arguments)
    at_desk = call(tmp_path, f"{ABSENT}\nfrom orchestration.commands.desk import main; main()", *arguments)
    assert (at_desk.returncode, at_desk.stderr) == (0, b"")
    assert at_desk.stdout == office.stdout
    assert sum(file["accepted"] for file in json.loads(at_desk.stdout)["files"]) == 3


def test_a_reader_without_limits_of_the_system_reads_all_the_same(tmp_path: Path) -> None:
    main = """
import sys, polars
sys.modules["resource"], sys.platform = None, "win32"
from sources.reading.files.limits import limit_next_file, limit_process
limit_process()
limit_next_file()
"""
    done = call(tmp_path, main)
    assert (done.returncode, done.stderr) == (0, b"")


def test_it_writes_empty_templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["desk", "template", "卫生健康局", "-o", str(tmp_path / "模板")])
    with pytest.raises(SystemExit) as done:
        desk.main()
    assert not done.value.code
    assert len(list((tmp_path / "模板").glob("*_模板.xlsx"))) == len(CONTRACTS["health"].datasets)


def test_a_built_program_reads_files_in_a_process_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for the built program: an executable that gets only what the program would get."""
    program = tmp_path / "desk"
    start = "from orchestration.commands.desk import main; main()"
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -c "{start}" "$@"\n', "utf-8")
    program.chmod(0o700)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(program))
    content = csv_file([["a", "b"], ["1", "2"]])
    with ReaderProcess() as read:
        (sheet,) = read(lambda: content)
        assert sheet.cells.rows() == [("a", "b"), ("1", "2")]
        assert READER_ARGUMENT in read._process.args
