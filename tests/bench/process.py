"""Run a command and measure it as a whole, with every process that it starts.

Belongs here: seconds, processor seconds, peak memory of one command. Does not belong here: which commands (``table``).
"""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.month import INTERVAL, resident


@dataclass(frozen=True)
class Cost:
    """What a command cost: seconds, processor seconds and peak memory of all its processes in MiB, and its output."""

    seconds: float
    cpu: float
    peak_mib: float
    output: str


def cost_of(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> Cost:
    """Run a command to its end. Raises SystemExit with what it wrote if it fails."""
    # An installed program keeps its compiled modules; compiling them in each process takes a third of a small month.
    variables = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", **(environment or {})}
    began = time.perf_counter()
    with subprocess.Popen(
        command, cwd=folder, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        peaks = [0.0]
        threading.Thread(target=_watch, args=(running, peaks), daemon=True).start()
        written: list[bytes] = []
        reading = [
            threading.Thread(target=lambda pipe=pipe: written.append(pipe.read()))
            for pipe in (running.stdout, running.stderr)
        ]
        for thread in reading:
            thread.start()
        _, status, usage = os.wait4(running.pid, 0)
        seconds = time.perf_counter() - began
        running.returncode = os.waitstatus_to_exitcode(status)
        for thread in reading:
            thread.join()
    output = b"".join(written).decode(errors="replace")
    if running.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{output[-3000:]}")
    return Cost(seconds, usage.ru_utime + usage.ru_stime, peaks[0], output)


def _watch(running: subprocess.Popen[bytes], peaks: list[float]) -> None:
    while running.returncode is None:
        peaks[0] = max(peaks[0], resident(running.pid))
        time.sleep(INTERVAL)
