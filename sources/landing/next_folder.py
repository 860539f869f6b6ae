"""Name the folder for the next files of a department and month.

Belongs here: which delivery numbers are taken. Does not belong here: reading a location (``locations``).
"""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from sources.home import Home
from sources.landing.archive import DeliveryLog
from sources.landing.locations import is_noise
from sources.months import Month

_REDELIVERY = re.compile(r"r0*([0-9]{1,4})", re.IGNORECASE)
"""A folder of a re-delivery in any spelling: a share that ignores case has no room for r2 next to R2."""


def next_folder(home: Home, department: str, month: Month, location: Path | None = None) -> str:
    """Name the folder below the department's location for its next files: the month, or its next free ``rN``.

    A number is taken if the location has a folder of it, also an empty one, or the delivery log a state of it: what was
    cleared away stays a delivery. The next one follows the highest, because a delivery replaces those with lower
    numbers. ``location`` is the folder in the inbox by default.
    """
    folder = (location or home.inbox / department) / str(month)
    states = DeliveryLog(home, department, month).states
    numbers = {state.delivery_no for state in states if state.files and not state.table}
    entries: list[Path] = []
    with suppress(OSError):
        entries = [path for path in folder.iterdir() if not is_noise(path)]
    for entry in entries:
        match = _REDELIVERY.fullmatch(entry.name)
        numbers.add(int(match[1]) if match else 1)
    return f"{month}/r{max(1, *numbers) + 1}" if numbers else str(month)
