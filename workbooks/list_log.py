"""Log every work list that is written: time, account, town and checksum, without identities.

Belongs here: the append-only log ``warehouse/worklists/log.jsonl``, and telling unchanged lists from edited ones.
Does not belong here: the contents of a list (``worklist``).
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from sources.audit import os_user
from sources.home import PRIVATE_FILE, Home


def sha256_of(path: Path) -> str:
    """Compute the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


class ListLog:
    """A log with one line of JSON per written list.

    Fields: at, os_user, month, town_code, town, file, leads, leads_without_family, sha256.
    """

    def __init__(self, home: Home) -> None:
        self._home = home
        self._path = home.warehouse / "worklists" / "log.jsonl"

    def entries(self) -> list[dict[str, Any]]:
        """Read every entry, oldest first; skip a line that a killed process left half-written."""
        lines = self._path.read_text("utf-8").splitlines() if self._path.exists() else []
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]

    def add(self, entry: dict[str, Any], written: Path) -> None:
        """Append an entry about a list before the list is moved to its folder, so that every list there is logged.

        Raises OSError if the log cannot be written.
        """
        line = json.dumps(entry | {"sha256": sha256_of(written), "os_user": os_user()}, ensure_ascii=False)
        self._home.make_dir(self._path.parent)
        with os.fdopen(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE_FILE), "ab") as log:
            fcntl.flock(log, fcntl.LOCK_EX)
            # Start a new line, even if the previous one was cut short.
            log.write(f"\n{line}\n".encode())
            log.flush()
            os.fsync(log.fileno())

    def set_aside(self, folder: Path, now: datetime) -> list[Path]:
        """Clear a folder of lists: delete unchanged lists, rename edited ones; return the paths of the renamed ones."""
        known = {entry["sha256"] for entry in self.entries()}
        kept = []
        for path in sorted(folder.glob("*.xlsx")):
            if sha256_of(path) in known:
                path.unlink()
            elif "_已改动_" not in path.stem:
                kept.append(path.rename(path.with_stem(f"{path.stem}_已改动_{now:%Y%m%d%H%M%S}")))
        return kept
