"""Read files in a separate process, ahead of the file that is being conformed.

Belongs here: starting and restarting the process, refusing a file that ends it, reading ahead.
Does not belong here: formats (``workbook``), the body of the process (``__main__``).

Reading takes half of the time that a row costs, and Python uses one core at a time. Files may also be hostile: a file
that kills the reader must not kill the run.
"""

from __future__ import annotations

import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from queue import SimpleQueue
from threading import Timer
from types import TracebackType
from typing import Self

from sources.landing.deliveries import Content
from sources.reading.files.answer import Answer, receive
from sources.reading.files.limits import processes_at_once
from sources.reading.files.sheet import Sheet
from sources.reading.files.workbook import read_sheets
from sources.refusal import RefusedError

Read = Callable[[Content], list[Sheet]]
"""Reads the sheets of a file as ``read_sheets`` does; raises RefusedError."""

FILES_AHEAD = 3
TRIES = 2
"""A file that ends the process twice is at fault; once may be a short lack of memory."""
SECONDS = 600.0
"""Time limit for one file; the largest admitted files take a tenth of it."""
_END_SECONDS = 2.0
_OUT_OF_TIME = -signal.SIGXCPU if sys.platform != "win32" else None
"""Exit code of a process that used up its processor time."""
READER_ARGUMENT = "--read-files"
"""Makes a built program (``orchestration.commands.desk``) the process that reads: it has no Python to start."""
TOO_LONG = f"读取超过{SECONDS / 60:.0f}分钟仍未完成,已放弃;请删除多余的内容或拆分后重新报送。"
KILLED = "读取文件的进程中断了,文件可能已损坏或太大;请重新导出或拆分后报送,仍有问题请联系技术人员。"


def read_here(content: Content) -> list[Sheet]:
    """Read a file in this process."""
    return read_sheets(content())


class ReaderProcess:
    """Reads one file after another in a process that starts with the first file and ends with the context."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._is_closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
        self.pause()

    def __call__(self, content: Content) -> list[Sheet]:
        """Read a file and wait for its sheets.

        Raises RefusedError if the file is refused, OSError if no process can be started.
        """
        data = content()
        for _ in range(TRIES):
            process, began = self._running(), time.monotonic()
            try:
                answer = _ask(process, data)
            except (EOFError, OSError, pickle.UnpicklingError):
                self._end()
                if time.monotonic() - began >= SECONDS or process.returncode == _OUT_OF_TIME:
                    raise RefusedError(TOO_LONG) from None
                continue
            if isinstance(answer, RefusedError):
                raise answer
            return answer
        raise RefusedError(KILLED)

    def close(self) -> None:
        """Kill the process, also in the middle of a file, which is then refused as every later one."""
        self._is_closed = True
        if self._process:
            self._process.kill()

    def pause(self) -> None:
        """End the process between two files; the next file starts another."""
        if self._process:
            self._process.kill()
        self._end()

    def _running(self) -> subprocess.Popen[bytes]:
        """Return the process, starting one if none is running."""
        if self._is_closed:
            raise RefusedError(KILLED)
        if self._process is None:
            # A session of its own: Ctrl-C stops the run, it must not refuse the file that is being read.
            self._process = subprocess.Popen(  # noqa: S603 - this program itself
                [sys.executable, *_arguments()],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                # A library that gives up prints why, and quotes the cell.
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process:
            with suppress(subprocess.TimeoutExpired):
                # Its last answer broke off, so it is about to end and to say by which signal.
                process.wait(0 if self._is_closed else _END_SECONDS)
            process.kill()
            process.communicate()


class Readers:
    """Reads several files at once, each in one of ``count`` processes, which end with the context."""

    def __init__(self, count: int | None = None) -> None:
        self._processes = [ReaderProcess() for _ in range(count or processes_at_once())]
        self._free: SimpleQueue[ReaderProcess] = SimpleQueue()
        for process in self._processes:
            self._free.put(process)
        self._queue = self._executor()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for process in self._processes:
            process.close()
        self._queue.shutdown(cancel_futures=True)
        self._end()

    def submit(self, content: Content) -> Future[list[Sheet]]:
        """Queue a file for reading.

        The future raises RefusedError if the file is refused, OSError if no process can be started.
        """
        return self._queue.submit(self._read, content)

    def __call__(self, content: Content) -> list[Sheet]:
        """Read a file and wait for its sheets.

        Raises RefusedError if the file is refused, OSError if no process can be started.
        """
        return self.submit(content).result()

    def pause(self) -> None:
        """End the processes after the files in the queue; the next file starts another."""
        self._queue.shutdown()
        self._end()
        self._queue = self._executor()

    def _executor(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(len(self._processes), "reader")

    def _end(self) -> None:
        for process in self._processes:
            process.pause()

    def _read(self, content: Content) -> list[Sheet]:
        process = self._free.get()
        try:
            return process(content)
        finally:
            self._free.put(process)


def _arguments() -> list[str]:
    """Return what makes this program's executable, Python or a built program, the process that reads."""
    return [READER_ARGUMENT] if getattr(sys, "frozen", False) else ["-P", "-m", "sources.reading.files"]


def _ask(process: subprocess.Popen[bytes], data: bytes) -> Answer:
    """Send a file to the process and wait for its answer, killing the process after ``SECONDS``."""
    assert process.stdin  # noqa: S101
    assert process.stdout  # noqa: S101
    late = Timer(SECONDS, process.kill)
    late.start()
    try:
        pickle.dump(data, process.stdin, pickle.HIGHEST_PROTOCOL)
        process.stdin.flush()
        return receive(process.stdout)
    finally:
        late.cancel()


class ReadAhead:
    """Reads files in the order of their use, up to ``FILES_AHEAD`` while the caller works on one."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers
        self._order: list[Content] = []
        self._place: dict[Content, int] = {}
        self._pending: dict[Content, Future[list[Sheet]]] = {}

    def expect(self, contents: Iterable[Content]) -> None:
        """Append the files that will be read after those expected so far."""
        for content in contents:
            self._place[content] = len(self._order)
            self._order.append(content)

    def __call__(self, content: Content) -> list[Sheet]:
        """Return the sheets of a file and queue the next ones.

        Raises RefusedError if the file is refused, OSError if no process can be started.
        """
        first = self._place[content]
        wanted = self._order[first : first + 1 + FILES_AHEAD]
        for passed in self._pending.keys() - set(wanted):
            self._pending.pop(passed).cancel()
        for each in wanted:
            if each not in self._pending:
                self._pending[each] = self._readers.submit(each)
        return self._pending.pop(content).result()
