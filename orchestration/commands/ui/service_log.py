"""Keep what a service of the web interface writes, in a file of limited size, and find its errors.

Belongs here: one file. Does not belong here: which service it is of, showing errors (``services``).

The service and the runs that it starts write into the file themselves. Through a pipe of this process, a run that
outlives it would fail at its next line.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import BinaryIO

from sources.home import PRIVATE_DIR, PRIVATE_FILE

LARGEST = 5_000_000
"""Bytes after which a file begins anew; the file before is kept."""
_ERROR = re.compile(r"\b(?:ERROR|CRITICAL)\b(?!=0\b)|^Traceback ")
"""dbt ends with a count of its errors, which is mostly 0."""
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class ServiceLog:
    """The log of one service; nothing that is written there holds an identity."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._read = 0

    def open(self) -> BinaryIO:
        """Open the file for the service, which appends to it. Raises OSError if it cannot be written."""
        self.file.parent.mkdir(mode=PRIVATE_DIR, exist_ok=True)
        number = os.open(self.file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, PRIVATE_FILE)
        self._read = os.fstat(number).st_size
        return os.fdopen(number, "ab")

    def errors(self) -> list[str]:
        """Return the lines since the last look that tell an error, and begin a new file if this one is too large."""
        with self.file.open("rb") as log:
            log.seek(self._read)
            whole, end, _ = log.read().rpartition(b"\n")
        self._read += len(whole) + len(end)
        lines = _COLOUR.sub("", whole.decode(errors="replace")).splitlines()
        if self._read > LARGEST:
            # Whoever has the file open for appending goes on at its new end.
            shutil.copyfile(self.file, self.file.with_name(f"{self.file.name}.1"))
            os.truncate(self.file, 0)
            self._read = 0
        return [line for line in lines if _ERROR.search(line)]
