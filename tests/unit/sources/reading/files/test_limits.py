"""What a file may cost: the process that reads it ends before it costs more, and amounts are counted first."""

from __future__ import annotations

import pickle
import resource
import signal
import subprocess
import sys

import polars as pl
import pytest

from sources.reading.files import excel, limits, read_sheets
from sources.reading.files.limits import check_cells, check_text
from sources.refusal import TOO_LARGE, RefusedError
from tests.unit.sources.builder import csv_file, xls_file, xlsx_file


def _reader(program: str) -> subprocess.CompletedProcess[bytes]:
    """Run the body of the reader on one file, after the program has prepared it."""
    start = "import sources.reading.files.__main__ as m\nfrom sources.reading.files import limits\n"
    return subprocess.run(
        [sys.executable, "-c", f"{start}{program}\nm.main()"],
        input=pickle.dumps(b"a,b\n1,2\n"),
        capture_output=True,
        check=False,
    )


def test_a_reader_has_a_share_of_the_memory_leaves_no_core_and_ends_first() -> None:
    show = "import resource\nfrom pathlib import Path\n"
    show += "real = m._answer\ndef show(data):\n"
    show += "    for kind in (resource.RLIMIT_CORE, resource.RLIMIT_DATA, resource.RLIMIT_CPU):\n"
    show += "        print(resource.getrlimit(kind)[0])\n"
    show += "    print(Path('/proc/self/oom_score_adj').read_text())\n    return real(data)\nm._answer = show"
    core, memory, seconds, first = map(int, _reader(show).stderr.split())
    assert core == 0
    assert memory != resource.RLIM_INFINITY
    assert memory >= limits.LEAST_MEMORY
    assert limits.CPU_SECONDS <= seconds <= limits.CPU_SECONDS + 60
    assert first == 1000


def test_a_file_that_needs_too_much_memory_is_refused_in_words() -> None:
    greedy = "limits.LEAST_MEMORY, limits.MEMORY_SHARE = 300 << 20, 0.0\n"
    greedy += "from sources.refusal import breakage_refused\n"
    greedy += "m.read_sheets = breakage_refused()(lambda data: bytearray(400 << 20))"
    answer = pickle.loads(_reader(greedy).stdout)
    assert isinstance(answer, RefusedError)
    assert str(answer) == TOO_LARGE


def test_a_file_that_takes_too_much_processor_time_ends_its_reader() -> None:
    spin = "limits.CPU_SECONDS = 0\ndef spin(data):\n    while True: pass\nm.read_sheets = spin"
    assert _reader(spin).returncode == -signal.SIGXCPU


def test_cells_are_counted_over_all_sheets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_CELLS", 10)
    for write in (xlsx_file, xls_file):
        assert len(read_sheets(write({"甲": [["a", "b"]] * 3, "乙": [["a", "b"]] * 2}))) == 2
        with pytest.raises(RefusedError, match="12个单元格"):
            read_sheets(write({"甲": [["a", "b"]] * 3, "乙": [["a", "b"]] * 3}))


def test_empty_cells_count_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_CELLS", 10)
    for write in (xlsx_file, xls_file):
        with pytest.raises(RefusedError, match="12个单元格"):
            read_sheets(write({"甲": [[], [], [None, None, None, "a"]]}))
    with pytest.raises(RefusedError, match="12个单元格"):
        read_sheets(b"a\nb\nc,d,e,f\n")
    with pytest.raises(RefusedError, match="12个单元格"):
        read_sheets(b'a\nb\nc,"d",e,f\n')


def test_sheets_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel, "MAX_SHEETS", 2)
    assert len(read_sheets(xlsx_file({"甲": [], "乙": []}))) == 2
    with pytest.raises(RefusedError, match="3个工作表"):
        read_sheets(xlsx_file({"甲": [], "乙": [], "丙": []}))


def test_lines_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sources.reading.files.delimited.MAX_LINES", 20_000)
    assert read_sheets(csv_file([["a", "b"]] * 20_000))[0].cells.height == 20_000
    with pytest.raises(RefusedError, match="超过2万行"):
        read_sheets(csv_file([["a", "b"]] * 20_001))


def test_text_is_weighed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_TEXT_MIB", 1)
    check_text([pl.DataFrame({"c0": ["a" * 500_000, None], "c1": ["b", "b"]})])
    with pytest.raises(RefusedError, match="超过1MiB"):
        check_text([pl.DataFrame({"c0": ["a" * 500_000, None]}), pl.DataFrame({"c0": ["a" * 600_000]})])


def test_the_largest_district_fits() -> None:
    register_of_100_000_households = 360_000 * 30
    check_cells(2 * register_of_100_000_households)
    assert limits.MAX_LINES > 2 * 360_000
