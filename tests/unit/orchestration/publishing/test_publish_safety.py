"""Publishing next to what else happens: killed processes, full disks, readers that keep reading."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from orchestration.publishing.version import versions
from tests.paths import ROOT
from tests.unit.orchestration.conftest import TinyWarehouse

LATER = "select max(net_income) from marts.household_month"

CHILD = """
    import resource, signal, sys
    from pathlib import Path
    from orchestration.publishing import publish as p
    from tests.unit.orchestration.conftest import GRAINS, TinyWarehouse
    tiny = TinyWarehouse(Path(sys.argv[1]))
    tiny.runs = 7
    {how}
    tiny.publish(sys.argv[2])
"""
KILL = "import os; p.{step} = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)"
FULL = "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))"


def _child(tiny: TinyWarehouse, how: str, month: str = "2021-06") -> subprocess.CompletedProcess[str]:
    script = textwrap.dedent(CHILD).format(how=how)
    command = [sys.executable, "-c", script, str(tiny.home.root), month]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


@pytest.mark.parametrize("step", ["verify_file", "sync", "switch"])
def test_a_killed_process_leaves_the_old_version(tiny: TinyWarehouse, step: str) -> None:
    tiny.build(["2021-06"])
    tiny.publish("2021-06")
    tiny.build(["2021-06"], income=8.0)
    killed = _child(tiny, KILL.format(step=step))
    assert killed.returncode == -9
    assert tiny.read(LATER) == [(1.5 * 99,)]
    tiny.publish("2021-06")
    assert tiny.read(LATER) == [(8.0 * 99,)]
    kept = {m.stem for m in versions(tiny.home.published)}
    assert {name.split("/")[0] for name in tiny.names()} == kept | {"current", "marts.duckdb", "open.duckdb"}


def test_a_process_killed_at_its_first_link_leaves_the_next_to_make_the_others(tiny: TinyWarehouse) -> None:
    tiny.build(["2021-05"])
    first_only = "import os; point = p.point; p.point = lambda *a: (point(*a), os.kill(os.getpid(), signal.SIGKILL))"
    killed = _child(tiny, first_only, "2021-05")
    assert killed.returncode == -9
    assert not (tiny.home.published / "marts.duckdb").exists()
    assert not tiny.publish("2021-05").is_new
    months = "select count(*) from marts.dim_month"
    assert (tiny.read(months), tiny.read(months, "open.duckdb")) == ([(1,)], [(1,)])


def test_a_full_disk_leaves_the_old_version(tiny: TinyWarehouse) -> None:
    tiny.build(["2021-06"])
    tiny.publish("2021-06")
    before = tiny.names()
    tiny.build(["2021-06"], income=8.0)
    full = _child(tiny, FULL)
    assert "PublishError: 发布失败,现行版本保持不变" in full.stderr
    assert tiny.names() == before
    assert tiny.read(LATER) == [(1.5 * 99,)]


READER = """
    import sys, duckdb, pathlib
    link, stop = sys.argv[1], pathlib.Path(sys.argv[2])
    seen = []
    print("ready", flush=True)
    while not stop.exists():
        with duckdb.connect(link, read_only=True) as c:
            low, high, rows = c.execute("select min(i), max(i), count(*) from (select net_income / household_key::int "
                "as i from marts.household_month where household_key <> '0')").fetchone()
        assert (low, rows) == (high, 99), (low, high, rows)
        seen.append(low)
    print(len(set(seen)), seen == sorted(seen))
"""


def test_readers_keep_reading_whole_versions(tiny: TinyWarehouse, tmp_path: Path) -> None:
    tiny.build(["2021-06"], income=1.0)
    tiny.publish("2021-06")
    stop = tmp_path / "stop"
    command = [sys.executable, "-c", textwrap.dedent(READER), str(tiny.home.published / "marts.duckdb"), str(stop)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout is not None
        reader.stdout.readline()
        for n in range(2, 6):
            tiny.build(["2021-06"], income=float(n))
            tiny.publish("2021-06")
            time.sleep(0.1)
        stop.touch()
        seen, in_order = reader.stdout.read().split()
    assert reader.returncode == 0
    assert int(seen) >= 3
    assert in_order == "True"
