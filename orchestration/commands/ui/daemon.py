"""Run Dagster's daemon in a process that ends at once when it is asked to.

Belongs here: how the daemon ends. Does not belong here: what it does, and who starts it (``services``, ``alone``).

At its end, Dagster takes the code away from a daemon whose backfills still look at it. They find no assets, and fail
with all their runs. A daemon that just ends loses nothing: the next one does what this one left.
"""

from __future__ import annotations

import os
import runpy
import signal
import threading

_ENDS = (signal.SIGTERM, signal.SIGINT)


def main() -> None:
    """Become ``python -m dagster._daemon``; SIGTERM and SIGINT end the process, with exit code 0."""
    # Later threads inherit the mask, so that only the one below takes these signals, whatever handlers Dagster sets.
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)
    threading.Thread(target=_end, daemon=True).start()
    runpy.run_module("dagster._daemon", run_name="__main__", alter_sys=True)


def _end() -> None:
    signal.sigwait(_ENDS)
    os._exit(0)


if __name__ == "__main__":
    main()
