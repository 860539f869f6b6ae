"""Log who published, exported, erased or backed up something: the append-only file ``restricted/audit.jsonl``.

Belongs here: writing and reading the lines. Does not belong here: identities, secrets, what Dagster records of a run.

A line is written before the act that it describes, so that no act is without one; an act that then fails repeats.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sources.home import PRIVATE_FILE, Home

Act = Literal[
    "publish",
    "copy",
    "rollback",
    "repair",
    "set_aside",
    "rebuild",
    "rotate_key",
    "trace",
    "export",
    "backup",
    "restore",
    "remove",
    "erase",
]
_ZONE = ZoneInfo("Asia/Shanghai")


def record(home: Home, act: Act, **arguments: str | int) -> None:
    """Append a line: time, act, arguments, account, host and terminal or client; the arguments hold no identity.

    Raises OSError if the log cannot be written.
    """
    line = {
        "at": datetime.now(_ZONE).isoformat(timespec="seconds"),
        "act": act,
        "arguments": arguments,
        "os_user": os_user(),
        "host": socket.gethostname(),
        "from": _origin(),
    }
    # Windows has no such module; no data home is there.
    import fcntl

    path = home.make_dir(home.restricted) / _path(home).name
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, PRIVATE_FILE)
    with os.fdopen(descriptor, "ab") as log:
        fcntl.flock(log, fcntl.LOCK_EX)
        # Start a new line, even if a killed process cut the previous one short.
        start = b"\n" if _is_cut_short(path) else b""
        log.write(start + json.dumps(line, ensure_ascii=False).encode() + b"\n")
        log.flush()
        os.fsync(log.fileno())


def entries(home: Home) -> list[dict[str, Any]]:
    """Read every line, oldest first; skip one that a killed process cut short."""
    path = _path(home)
    lines = path.read_text("utf-8", errors="replace").splitlines() if path.exists() else []
    return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]


def os_user() -> str:
    """Return the account that runs this process, from the system, not from environment variables."""
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


def _path(home: Home) -> Path:
    return home.restricted / "audit.jsonl"


def _is_cut_short(path: Path) -> bool:
    content = path.read_bytes()
    return bool(content) and not content.endswith(b"\n")


def _origin() -> str:
    """Describe the origin of the process: the client of an SSH session, the terminal, or neither (a service)."""
    if client := os.environ.get("SSH_CONNECTION", "").split():
        return f"ssh {client[0]}"
    try:
        return os.ttyname(sys.__stdin__.fileno()) if sys.__stdin__ else "service"
    except (OSError, ValueError):
        return "service"
