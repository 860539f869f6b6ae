"""One server process: started until its port answers, stopped, paused, and gone with the tests' process.

What each server needs to start belongs to its own module.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from tests.servers.system import HOST, program

START_SECONDS = 30


class Process:
    """A server process of one command on one port; `seconds` is how long its last start took.

    `ready` says whether it serves, where a port that answers does not say so. `end` is the signal that ends it at once.
    """

    def __init__(
        self,
        command: Sequence[str],
        port: int,
        log: Path,
        env: dict[str, str] | None = None,
        ready: Callable[[], bool] = lambda: True,
        end: signal.Signals = signal.SIGTERM,
    ) -> None:
        # A process that changes its user loses its tie to the parent: such a command ties itself (postgres.py).
        tie = [] if "--pdeathsig" in command else [program("setpriv", "util-linux"), "--pdeathsig", "KILL", "--"]
        self.command, self.port, self.log = [*tie, *command], port, log
        self.env, self.ready, self.end = {**os.environ, **(env or {})}, ready, end
        self.seconds = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server and wait until its port answers, at most 30 s; raise RuntimeError with its log."""
        began = time.monotonic()
        with self.log.open("ab") as log:
            self._process = self._spawn(log)
        while not (_answers(self.port) and self.ready()):
            ended = self._process.poll()
            if ended is not None or time.monotonic() - began > START_SECONDS:
                self.stop()
                raise RuntimeError(f"{self.command} does not answer ({ended}):\n{self.log.read_text()[-4000:]}")
            time.sleep(0.02)
        self.seconds = time.monotonic() - began

    def _spawn(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.env, start_new_session=True
        )

    def stop(self) -> None:
        """End the server and all its connections; nothing to do if it is down."""
        if self._process is None:
            return
        family = _family(self._process.pid)
        _send(family, signal.SIGCONT)
        self._process.send_signal(self.end)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        # Connections are processes of their own with some servers, and would serve on.
        _send(family[1:], signal.SIGKILL)
        self._process = None

    def processor_seconds(self) -> float:
        """Return the time that the server and its processes have had of processors, also those that have ended."""
        assert self._process is not None
        ticks = 0
        # The server comes last: of a process that ends meanwhile it has the time.
        for pid in reversed(_family(self._process.pid)):
            with suppress(FileNotFoundError, ProcessLookupError):
                # After the name in brackets: the fields from the state on, of which four are times.
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                ticks += sum(map(int, fields[11:15]))
        return ticks / os.sysconf("SC_CLK_TCK")

    def pause(self) -> None:
        """Let connections stand still, old and new, until `resume` or `stop`."""
        assert self._process is not None
        _send(_family(self._process.pid), signal.SIGSTOP)

    def resume(self) -> None:
        """Let a paused server go on."""
        assert self._process is not None
        _send(_family(self._process.pid), signal.SIGCONT)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Keep the server running for a while."""
        self.start()
        try:
            yield
        finally:
            self.stop()


def _answers(port: int) -> bool:
    try:
        with socket.create_connection((HOST, port), 1):
            return True
    except OSError:
        return False


def _family(pid: int) -> list[int]:
    """A process and its descendants, which may have left its process group."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return [pid]
    return [pid, *(descendant for child in children for descendant in _family(child))]


def _send(pids: Sequence[int], signal_number: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, signal_number)
        except ProcessLookupError:
            continue
