"""One server process: started until its port answers, stopped, paused, and gone with the tests' process.

Programs of the system are looked for here, too; what each server needs to start belongs to its own module.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NoReturn

import pytest

HOST = "127.0.0.1"
START_SECONDS = 30
ABSENT = "absent program: "
# Where Debian keeps servers, which the path of an ordinary user leaves out.
_FOLDERS = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/sbin"])


def absent(program: str, package: str) -> NoReturn:
    """Skip the test because a program is absent, with the package to install; fail it on CI, which installs all."""
    reason = f"{ABSENT}{program}; apt-get install {package}"
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def program(name: str, package: str, folders: Sequence[Path] = ()) -> str:
    """Path of a program of the system, also where only administrators look; `absent` if there is none."""
    searched = os.pathsep.join([*map(str, folders), _FOLDERS])
    return shutil.which(name, path=searched) or absent(name, package)


def free_port() -> int:
    """A port that nobody listens on, below those that the kernel gives to clients: it is still free at a restart."""
    for _ in range(100):
        port = random.randrange(20000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    raise RuntimeError("no free port between 20000 and 32000")


def run(command: Sequence[str], text: str = "", folder: Path | None = None) -> str:
    """Output of a command that prepares a server; its words are in the error if it fails."""
    done = subprocess.run(
        command, input=text, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed with {done.returncode}:\n{done.stdout[-3000:]}")
    return done.stdout


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
