"""Run the process that ``reader_process.ReaderProcess`` starts: ``python -m sources.reading.files``.

It takes files from standard input and answers with their sheets, or the refusal, on standard output (pickled). It
ends when its input does; on Linux the kernel also ends it with its parent in the middle of a file.
"""

from __future__ import annotations

import ctypes
import os
import pickle
import signal
import sys

from sources.reading.files import read_sheets
from sources.reading.files.answer import Answer, send
from sources.reading.files.limits import limit_next_file, limit_process
from sources.refusal import RefusedError

PR_SET_PDEATHSIG = 1
"""Option of Linux's ``prctl``: the signal that this process gets when its parent ends."""


def end_with_parent() -> None:
    """Let the kernel kill this process when its parent ends: a large file may keep it busy for minutes."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def main() -> None:
    """Read files until the input ends, within the limits of ``limits``."""
    end_with_parent()
    limit_process()
    with os.fdopen(os.dup(1), "wb") as answers:
        # Output that a library prints must not mix with the answers.
        os.dup2(2, 1)
        while True:
            try:
                data = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the parent process
            except EOFError:
                return
            limit_next_file()
            send(_answer(data), answers)


def _answer(data: bytes) -> Answer:
    try:
        return read_sheets(data)
    except RefusedError as refusal:
        return refusal


if __name__ == "__main__":
    main()
