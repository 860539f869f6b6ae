"""Reading in a process of its own: the same sheets, and a process that may die. What is read: the other readers."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError
from pathlib import Path
from threading import Barrier

import pytest
from polars.testing import assert_frame_equal

from sources.reading.files import ReadAhead, ReaderProcess, Readers, limits, read_sheets, reader_process
from sources.refusal import RefusedError
from tests.unit.sources.builder import xlsx_file

BOOK = xlsx_file({"甲": [["姓名", "金额"], ["某甲", 12.5]], "乙": [["a"], [3]]})
LIST = "姓名,金额\n某甲,12.5\n".encode("gb18030")


@pytest.fixture
def process() -> Iterator[ReaderProcess]:
    with ReaderProcess() as started:
        yield started


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("data", [BOOK, LIST])
def test_sheets_are_those_that_are_read_here(process: ReaderProcess, data: bytes) -> None:
    for ours, theirs in zip(read_sheets(data), process(lambda: data), strict=True):
        assert (ours.name, ours.number, ours.is_hidden) == (theirs.name, theirs.number, theirs.is_hidden)
        assert_frame_equal(ours.cells, theirs.cells)
        assert {k: v.tolist() for k, v in ours.types.items()} == {k: v.tolist() for k, v in theirs.types.items()}


def test_a_refusal_says_the_same_and_the_next_file_is_read(process: ReaderProcess) -> None:
    with pytest.raises(RefusedError, match="文件是空的"):
        process(lambda: b" ")
    with pytest.raises(RefusedError) as here:
        read_sheets(BOOK[:-9])
    with pytest.raises(RefusedError) as there:
        process(lambda: BOOK[:-9])
    assert str(here.value) == str(there.value)
    assert len(process(lambda: BOOK)) == 2


def test_a_paused_reader_has_no_process_until_the_next_file(process: ReaderProcess) -> None:
    process.pause()
    process(lambda: LIST)
    assert process._process
    before = process._process.pid
    process.pause()
    process.pause()
    assert not _is_alive(before)
    assert len(process(lambda: BOOK)) == 2
    assert process._process.pid != before


def test_a_file_whose_reader_was_killed_is_read_again(process: ReaderProcess) -> None:
    process(lambda: LIST)
    assert process._process
    os.kill(process._process.pid, signal.SIGKILL)
    assert len(process(lambda: BOOK)) == 2


def test_a_file_that_kills_its_reader_each_time_is_refused(
    process: ReaderProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(reader_process.sys, "executable", "/bin/false")
        with pytest.raises(RefusedError, match="进程中断"):
            process(lambda: BOOK)
    assert len(process(lambda: BOOK)) == 2


def test_a_file_that_takes_too_long_is_given_up_at_once(
    process: ReaderProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    process(lambda: LIST)
    assert process._process
    os.kill(process._process.pid, signal.SIGSTOP)
    with monkeypatch.context() as patched:
        patched.setattr(reader_process, "SECONDS", 0.2)
        with pytest.raises(RefusedError, match="已放弃"):
            process(lambda: BOOK)
    assert len(process(lambda: BOOK)) == 2


def test_a_file_that_uses_up_its_processor_time_is_given_up_at_once(process: ReaderProcess) -> None:
    process(lambda: LIST)
    assert process._process
    os.kill(process._process.pid, signal.SIGXCPU)
    with pytest.raises(RefusedError, match="已放弃"):
        process(lambda: BOOK)
    assert len(process(lambda: BOOK)) == 2


def test_what_a_library_prints_when_it_gives_up_is_shown_nowhere(process: ReaderProcess) -> None:
    process(lambda: LIST)
    assert process._process
    assert Path(f"/proc/{process._process.pid}/fd/2").readlink() == Path(os.devnull)


def test_several_sheets_with_and_without_cells_arrive_in_order(process: ReaderProcess) -> None:
    book = xlsx_file({"甲": [["a", 1]], "空": [], "隐": [["x"]], "乙": [["b"], [2.5]]}, hidden=["隐"])
    found = process(lambda: book)
    assert [(s.name, s.cells.rows()) for s in found] == [
        ("甲", [("a", "1")]), ("空", []), ("隐", []), ("乙", [("b",), ("2.5",)]),
    ]  # fmt: skip
    assert [len(process(lambda: LIST)) for _ in range(2)] == [1, 1]


def test_the_next_files_are_read_while_one_is_worked_on_and_any_order_works() -> None:
    asked: list[int] = []

    def content(number: int) -> reader_process.Content:
        return lambda: (asked.append(number), f"列{number}\n值\n".encode())[1]

    order = [content(n) for n in range(8)]
    with Readers(2) as readers:
        read = ReadAhead(readers)
        read.expect(order)
        names = [read(order[n])[0].cells["c0"][0] for n in (0, 1, 6, 2)]
        assert names == ["列0", "列1", "列6", "列2"]
        readers.pause()
        assert set(asked) >= {0, 1, 2, 3, 4, 5, 6}


def _pids(readers: Readers) -> list[int]:
    return [process._process.pid for process in readers._processes if process._process]


def test_a_file_that_keeps_its_reader_busy_does_not_hold_up_the_next_one() -> None:
    with Readers(2) as readers:
        both = Barrier(2)

        def content(data: bytes) -> reader_process.Content:
            # Neither file is given out before the other has been asked for.
            return lambda: data if both.wait(20) >= 0 else b""

        pending = [readers.submit(content(data)) for data in (LIST, BOOK)]
        assert [len(future.result(20)) for future in pending] == [1, 2]
        assert len(set(_pids(readers))) == 2


def test_a_file_that_kills_its_reader_costs_no_other_file() -> None:
    with Readers(2) as readers:
        done = [future.result() for future in [readers.submit(lambda: LIST) for _ in range(4)]]
        assert [len(sheets) for sheets in done] == [1, 1, 1, 1]
        for pid in _pids(readers):
            os.kill(pid, signal.SIGKILL)
        assert [len(f.result()) for f in [readers.submit(lambda: BOOK) for _ in range(4)]] == [2, 2, 2, 2]


def test_paused_readers_have_no_process_until_the_next_file() -> None:
    with Readers(2) as readers:
        pending = [readers.submit(lambda: LIST) for _ in range(6)]
        readers.pause()
        assert all(future.done() for future in pending)
        assert _pids(readers) == []
        assert len(readers(lambda: BOOK)) == 2
        left = _pids(readers)
        assert left
    assert not any(map(_is_alive, left))


def test_readers_that_close_in_the_middle_of_a_file_refuse_it_and_leave_nothing() -> None:
    with Readers(1) as readers:
        readers(lambda: LIST)
        left = _pids(readers)
        os.kill(left[0], signal.SIGSTOP)
        pending = readers.submit(lambda: BOOK)
    with pytest.raises((RefusedError, CancelledError)):
        pending.result(20)
    assert not any(map(_is_alive, left))


@pytest.mark.parametrize(
    ("gibibytes", "processors", "expected"), [(4, 8, 1), (8, 8, 1), (15.5, 1, 1), (15.5, 2, 2), (64, 32, 2)]
)
def test_two_files_are_read_at_once_where_there_is_memory_for_both_and_the_run(
    gibibytes: float, processors: int, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": int(gibibytes * 1024**3 / 4096)}
    monkeypatch.setattr(os, "sysconf", pages.__getitem__)
    monkeypatch.setattr(os, "cpu_count", lambda: processors)
    assert limits.processes_at_once() == expected


def test_nothing_is_left_behind_when_the_run_ends_or_is_killed() -> None:
    with ReaderProcess() as process:
        process(lambda: LIST)
        assert process._process
        pid = process._process.pid
        assert _is_alive(pid)
    assert not _is_alive(pid)
    program = (
        "import os, signal; from sources.reading.files import ReaderProcess\n"
        "process = ReaderProcess(); process(lambda: b'a,b')\n"
        "print(process._process.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, check=False)
    assert done.returncode == -signal.SIGKILL
    deadline = time.monotonic() + 20
    while _is_alive(int(done.stdout)):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_reader_in_the_middle_of_a_file_ends_with_its_run() -> None:
    program = (
        "import os, signal; from sources.reading.files import ReaderProcess\n"
        "process = ReaderProcess(); process(lambda: b'a,b'); reader = process._process.pid\n"
        "os.kill(reader, signal.SIGSTOP); print(reader, flush=True); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, check=False)
    deadline = time.monotonic() + 20
    while _is_alive(int(done.stdout)):
        assert time.monotonic() < deadline, "a busy reader does not see that its input has ended"
        time.sleep(0.05)


def test_what_a_library_prints_is_no_answer(tmp_path: Path) -> None:
    shim = "import sources.reading.files.__main__ as m\nreal = m.read_sheets\n"
    shim += "m.read_sheets = lambda data: (print('noise'), real(data))[1]\nm.main()\n"
    done = subprocess.run(
        [sys.executable, "-c", shim], input=pickle.dumps(LIST), capture_output=True, check=True, cwd=tmp_path
    )
    assert b"noise" not in done.stdout
    assert b"noise" in done.stderr
