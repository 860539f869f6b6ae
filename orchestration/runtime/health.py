"""Tell what the doctor and the alerts both ask: is there room on the disk, how long may the daemon be silent.

Belongs here: thresholds, looks without Dagster. Does not belong here: words (``commands.doctor``,
``automation.alerts``).
"""

from __future__ import annotations

import shutil
from pathlib import Path

GIB = 1 << 30
LITTLE_DISK = 5 * GIB
"""Less free space than this deserves a look: a month with its backup of the warehouse takes some GiB."""
NO_DISK = GIB
"""A month of a county does not surely fit into less free space than this."""
DAEMON_SILENT_SECONDS = 300


def free_bytes(home: Path) -> int:
    """Return the free space on the disk of a data home that may not exist yet. Raises OSError."""
    return shutil.disk_usage(next(p for p in (home, *home.parents) if p.exists())).free
