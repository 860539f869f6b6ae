"""Reading files in a process of its own, some ahead of the one that is worked on.

Belongs here: the process, what becomes of a file that ends it, which files are read ahead.
Does not belong here: formats (``workbook``); what that process does (``__main__``).

Reading is half of what rows cost, and Python holds one core at a time. And files are hostile: what kills the reader
kills nothing else.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Timer
from types import TracebackType
from typing import Self

from sources.landing.deliveries import Content
from sources.reading.files.sheet import Sheet
from sources.reading.files.workbook import read_sheets
from sources.refusal import RefusedError

Read = Callable[[Content], list[Sheet]]
"""The sheets of a file, as ``read_sheets`` gives them; raises RefusedError."""

FILES_AHEAD = 3
TRIES = 2
"""Who ends the process twice is the file itself, not a machine that was short of memory for a moment."""
SECONDS = 600.0
"""For one file; the largest that are let in take a tenth of it."""
TOO_LONG = f"读取超过{SECONDS / 60:.0f}分钟仍未完成,已放弃;请删除多余的内容或拆分后重新报送。"
KILLED = "读取文件的进程中断了,文件可能已损坏或太大;请重新导出或拆分后报送,仍有问题请联系技术人员。"


def read_here(content: Content) -> list[Sheet]:
    """Read a file in this process."""
    return read_sheets(content())


class ReaderProcess:
    """Reads one file after the other in a process that starts with the first one and ends with this one."""

    def __init__(self) -> None:
        self._queue = ThreadPoolExecutor(1, "reader")
        self._process: subprocess.Popen[bytes] | None = None
        self._is_closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._is_closed = True
        if self._process:
            self._process.kill()
        self._queue.shutdown(cancel_futures=True)
        self._end()

    def submit(self, content: Content) -> Future[list[Sheet]]:
        """Read a file when those before it are read. Its result raises RefusedError, OSError without a process."""
        return self._queue.submit(self._read, content)

    def __call__(self, content: Content) -> list[Sheet]:
        """Read a file now. Raises RefusedError, OSError where no process can be started."""
        return self.submit(content).result()

    def _read(self, content: Content) -> list[Sheet]:
        data = content()
        for _ in range(TRIES):
            process, began = self._running(), time.monotonic()
            try:
                answer = _asked(process, data)
            except (EOFError, OSError, pickle.UnpicklingError):
                self._end()
                if time.monotonic() - began >= SECONDS:
                    raise RefusedError(TOO_LONG) from None
                continue
            if isinstance(answer, RefusedError):
                raise answer
            return answer
        raise RefusedError(KILLED)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._is_closed:
            raise RefusedError(KILLED)
        if self._process is None:
            # A session of its own: Ctrl-C is for the run, not for the file that is being read.
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "sources.reading.files"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,
            )
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process:
            process.kill()
            process.communicate()


def _asked(process: subprocess.Popen[bytes], data: bytes) -> list[Sheet] | RefusedError:
    assert process.stdin  # noqa: S101
    assert process.stdout  # noqa: S101
    late = Timer(SECONDS, process.kill)
    late.start()
    try:
        pickle.dump(data, process.stdin)
        process.stdin.flush()
        answer: list[Sheet] | RefusedError = pickle.load(process.stdout)  # noqa: S301 - our own process
    finally:
        late.cancel()
    return answer


class ReadAhead:
    """Reads files in the order in which they are wanted, the next ones while the last one is worked on."""

    def __init__(self, process: ReaderProcess) -> None:
        self._process = process
        self._order: list[Content] = []
        self._place: dict[Content, int] = {}
        self._coming: dict[Content, Future[list[Sheet]]] = {}

    def expect(self, contents: Iterable[Content]) -> None:
        """Append files that will be wanted after the ones expected so far."""
        for content in contents:
            self._place[content] = len(self._order)
            self._order.append(content)

    def __call__(self, content: Content) -> list[Sheet]:
        """The sheets of a file. Raises RefusedError, OSError where no process can be started."""
        first = self._place[content]
        wanted = self._order[first : first + 1 + FILES_AHEAD]
        for passed in self._coming.keys() - set(wanted):
            self._coming.pop(passed).cancel()
        for each in wanted:
            if each not in self._coming:
                self._coming[each] = self._process.submit(each)
        return self._coming.pop(content).result()
