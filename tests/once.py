"""What several files of tests begin with, made once in a run of pytest by the process that needs it first.

Belongs here: the place, and that one process makes it while others wait. Does not belong here: what is made.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that ``make`` has filled, for every process of this run of pytest; work on copies of it.

    What is half made, by a process that failed or was ended, is made again.
    """
    base = factory.getbasetemp()
    # Each process of xdist has a folder of its own in that of the run.
    place = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    place.mkdir(mode=0o700, exist_ok=True)
    made, complete = place / "made", place / "complete"
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not complete.exists():
            shutil.rmtree(made, ignore_errors=True)
            make(made)
            complete.touch()
    return made
