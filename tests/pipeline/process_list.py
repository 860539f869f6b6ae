"""The list of processes, which every account of a machine may read, while something runs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PAUSE = 0.05
"""Seconds between two looks."""


@contextmanager
def command_lines() -> Iterator[set[bytes]]:
    """Collect the command lines of all processes that a look finds; the set is complete after the block."""
    found: set[bytes] = set()
    is_over = threading.Event()

    def look() -> None:
        while not is_over.wait(_PAUSE):
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                # A process may end meanwhile.
                with suppress(OSError):
                    found.add(path.read_bytes())

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        is_over.set()
        thread.join()
