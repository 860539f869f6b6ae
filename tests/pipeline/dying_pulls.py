"""``python -m tests.pipeline.dying_pulls``: pull and land a month in children that die where they are told to.

The libraries load once; each line of the input is one child. A child counts what the interpreter does in the functions
of ``PHASES``, so that it can die between any two of its calls, of Python or of C: before or after a write, a sync, a
move, wherever a power cut could come. Belongs here: the process. Does not belong here: when it dies (``pull_kills``).
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from sources.contracts.model import load_contracts
from sources.home import Home
from sources.landing.archive import take_original
from sources.landing.land import land
from sources.landing.places import places_of
from sources.landing.pull import pull_department
from sources.landing.pulled import Pulled
from sources.landing.transport import location_of
from sources.landing.transport.files import FilesSource
from sources.landing.transport.interface.opened import InterfaceSource
from sources.landing.transport.sql.source import DatabaseSource
from sources.months import Month

DEPARTMENT, MONTH = "health", Month(2021, 6)
_SOURCES = (FilesSource, InterfaceSource, DatabaseSource)
PHASES: dict[CodeType, str] = {
    **{source.listing.__code__: "listing" for source in _SOURCES},
    **{source.fetch.__code__: "fetch" for source in _SOURCES},
    take_original.__code__: "archive",
    Pulled.save.__code__: "record",
    land.__code__: "landing",
}
"""The phases of a pull and its landing, by the functions that do them; none is inside another."""
_LIBRARIES = ("paramiko", "s3fs", "smbclient", "webdav4.fsspec", "httpx", "psycopg", "pymysql", "pyarrow.parquet")


@dataclass
class Fate:
    """A profile function that kills its process at the ``nth`` event of a phase, and counts the events of each."""

    phase: str | None
    nth: int
    counts: Counter[str] = field(default_factory=Counter)
    _now: str | None = None

    def __call__(self, frame: FrameType, event: str, _: Any) -> None:
        own = PHASES.get(frame.f_code)
        self._now = own if own and event == "call" else self._now
        if self._now:
            self.counts[self._now] += 1
            if self._now == self.phase and self.counts[self._now] == self.nth:
                os.kill(os.getpid(), signal.SIGKILL)
        self._now = None if own and event == "return" else self._now


def _pull(root: str, entries: dict[str, Any], fate: Fate) -> dict[str, Any]:
    """Pull and land; return what happened."""
    home, contracts = Home(Path(root)), load_contracts()
    locations = {key: location_of(entry, home.root) for key, entry in entries.items()}
    sys.setprofile(fate)
    results = pull_department(home, contracts[DEPARTMENT], locations, MONTH)
    landing = land(home, DEPARTMENT, places_of(home, contracts, locations), MONTH)
    sys.setprofile(None)
    assert landing.fault is None, landing.fault
    return {
        "problems": [result.problem for result in results if result.problem],
        "fetched": sum(result.fetched for result in results),
        "new_deliveries": sum(result.new_deliveries for result in results),
        "new_states": landing.new_states,
        "counts": fate.counts,
    }


def main() -> None:
    """Fork a child per line; print what it says at its end unless it was killed, and its exit code, a line each."""
    for library in _LIBRARIES:
        import_module(library)
    for line in sys.stdin:
        asked = json.loads(line)
        if not (pid := os.fork()):
            told = _pull(asked["home"], asked["entries"], Fate(asked["phase"], asked["nth"]))
            print(json.dumps(told), flush=True)
            os._exit(0)
        if asked["seconds"] is not None:
            # Until it is waited for, its number is no other process's.
            time.sleep(asked["seconds"])
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        print(f"exit {os.waitstatus_to_exitcode(status)}", flush=True)


if __name__ == "__main__":
    main()
