"""Two runs do not fight for a data home."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from orchestration.runtime.locks import HomeBusyError, holder_named_in, holding, home_holder
from tests.paths import ROOT

HOLD = """
import sys, time
from pathlib import Path
from orchestration.runtime.locks import holding
with holding(Path(sys.argv[1]), "shouwang run 2021-06"):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""
WRITE = """
import sys, time, duckdb
with duckdb.connect(sys.argv[1]):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


def _other(script: str, path: Path, seconds: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", script, str(path), str(seconds)]
    other = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert other.stdout is not None
    assert other.stdout.readline().strip() == "held"
    return other


def test_the_second_process_is_told_who_holds_the_home(tmp_path: Path) -> None:
    with _other(HOLD, tmp_path, 60) as other:
        with (
            pytest.raises(HomeBusyError, match=rf"进程 {other.pid}\(shouwang run 2021-06,.* 开始\)"),
            holding(tmp_path, "x"),
        ):
            pass
        assert str(other.pid) in str(home_holder(tmp_path))
        other.kill()
    assert home_holder(tmp_path) is None


def test_a_killed_holder_leaves_nothing_behind(tmp_path: Path) -> None:
    with _other(HOLD, tmp_path, 60) as other:
        other.kill()
    with holding(tmp_path, "next"):
        assert "next" in (tmp_path / ".lock").read_text(encoding="utf-8")
    assert (tmp_path / ".lock").read_text(encoding="utf-8") == ""


def test_waiting_for_the_other_process(tmp_path: Path) -> None:
    with _other(HOLD, tmp_path, 1):
        started = time.monotonic()
        with holding(tmp_path, "patient", wait_seconds=30):
            waited = time.monotonic() - started
    assert 0.2 < waited < 20


def test_blocks_of_one_process_share_the_lock(tmp_path: Path) -> None:
    with holding(tmp_path, "outer"):
        with holding(tmp_path, "inner"):
            pass
        script = HOLD.replace('print("held", flush=True)', "sys.exit(3)")
        other = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path), "0"],
            capture_output=True, text=True, check=False, cwd=ROOT,
        )  # fmt: skip
        assert "HomeBusyError" in other.stderr
        assert "outer" in other.stderr


def test_the_holder_of_a_database(tmp_path: Path) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    duckdb.connect(str(warehouse)).close()
    with _other(WRITE, warehouse, 60) as other:
        with pytest.raises(duckdb.IOException) as error:
            duckdb.connect(str(warehouse))
        assert holder_named_in(error.value) == other.pid
        other.kill()
    assert holder_named_in(duckdb.IOException("no")) is None
