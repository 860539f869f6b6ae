"""Pull once, as a process of its own: ``python -m … HOME SETTINGS``; prints rows, problem, seconds and peak memory."""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path

from sources.home import Home
from sources.landing.pull import pull_department
from sources.landing.transport import location_of
from tests.unit.sources.landing.transport.sql.desk import HEALTH, JUNE, TABLE


def main(home: str, settings: str) -> None:
    began = time.monotonic()
    locations = {f"health/{TABLE}": location_of(json.loads(settings), Path(home))}
    (result,) = pull_department(Home(Path(home)), HEALTH, locations, JUNE)
    # The kernel hands the peak of the process that started this one on to getrusage, but not to the status.
    peak = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())
    assert peak
    mib = int(peak[1]) / 1024
    found = {"rows": result.rows, "problem": result.problem, "mib": mib, "seconds": time.monotonic() - began}
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
