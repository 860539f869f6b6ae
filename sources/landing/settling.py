"""Watch files until they have not changed for a while: they may still be copied into the inbox.

Belongs here: telling files at rest from files being written.
Does not belong here: what becomes of either (``locations``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

Waiting = Callable[[float], None]
"""Function that is called once before a wait, with its longest duration in seconds."""
_LOOK_SECONDS = 1.0
_State = tuple[int, int, int, int]


def being_written(paths: Iterable[Path], seconds: float, waiting: Waiting | None = None) -> set[Path]:
    """Return the files that change while they are watched, once all others have been unchanged for ``seconds``.

    Waits at most that long, and not at all if every file has been unchanged for that long already.
    """
    seen = {path: state for path in paths if (state := _state(path))}
    now, began = time.time(), time.monotonic()
    rests_at = {path: began + _left(state, now, seconds) for path, state in seen.items()}
    changed: set[Path] = set()
    left = max(rests_at.values(), default=began) - began
    if left > 0 and waiting:
        waiting(left)
    while left > 0:
        time.sleep(min(_LOOK_SECONDS, left))
        changed |= {path for path, state in seen.items() if _state(path) != state}
        now = time.monotonic()
        left = max((at for path, at in rests_at.items() if path not in changed), default=now) - now
    return changed


def _left(state: _State, now: float, seconds: float) -> float:
    """Give the seconds until a file has been unchanged for ``seconds``.

    The time of the inode's last change decides: a copy may have an old modification time from its first byte on. A
    share's clock may be ahead of ours, so that time may be in the future.
    """
    return min(seconds, max(0.0, seconds - (now - state[-1] / 1e9)))


def _state(path: Path) -> _State | None:
    try:
        state = path.lstat()
    except OSError:
        return None
    return state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns
