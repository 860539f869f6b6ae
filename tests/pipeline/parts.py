"""Code server, daemon and web servers of a home as parts that end and start one by one (``shouwang serve``).

Belongs here: the processes. Does not belong here: all of them in one (``web``), a proxy in front (``services``).
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from orchestration.runtime import instance
from orchestration.runtime.settings import Settings
from tests.paths import ROOT
from tests.pipeline.web import SHOUWANG, TOKEN, Web, is_ready, kill, tree, until
from tests.servers.system import free_port

END_SECONDS = 60.0
"""Time in which a part that is asked to end does so; systemd gives the code server as long."""


@dataclass(frozen=True)
class Pages:
    """Port and token of a part that serves pages."""

    port: int
    token: str


@dataclass
class Parts:
    """The running parts of a home; each leads a group of processes, and runs are children of the code server."""

    folder: Path
    """Has the logs, the tokens, and in ``run`` the socket of the code server."""
    pages: Mapping[str, Pages]
    """By part; a home without one for viewers has only ``web``."""
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the folder of the socket, and write the tokens."""
        (self.folder / "run").mkdir(mode=0o700, parents=True)
        for part, of_part in self.pages.items():
            token = self.folder / f"token-{part}"
            token.write_text(of_part.token)
            token.chmod(0o600)

    @property
    def names(self) -> tuple[str, ...]:
        """Return all parts, in the order in which they start: the others need the code server's socket."""
        return "code", *self.pages, "daemon"

    def command(self, part: str) -> list[str]:
        """Return the command that starts a part."""
        port = ["--port", str(self.pages[part].port)] if part in self.pages else []
        return [*SHOUWANG, "serve", part, "--folder", str(self.folder / "run"), *port]

    def start(self, part: str) -> None:
        """Start a part; wait for the socket of the code server."""
        if part == "code":
            # A killed server leaves its socket.
            (self.folder / "run" / "code").unlink(missing_ok=True)
        environment = {**os.environ, "SHOUWANG_UI_TOKEN_FILE": str(self.folder / f"token-{part}")}
        with (self.folder / f"{part}.log").open("ab") as log:
            self.running[part] = subprocess.Popen(
                self.command(part), env=environment, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
            )
        if part == "code":
            until((self.folder / "run" / "code").exists, "code server")

    def start_missing(self) -> None:
        """Start the parts that are not running, as systemd does."""
        for part in self.names:
            if part not in self.running or self.running[part].poll() is not None:
                self.start(part)

    def kill(self, part: str) -> None:
        """Kill a part with everything that it started, as systemd does after its pause."""
        process = self.running.pop(part)
        children = tree(process.pid)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        kill(children)
        process.wait()

    def stop(self, *parts: str) -> list[int]:
        """Ask parts and all that they started to end, at the same time as ``systemctl stop`` does; return exit codes.

        Raises subprocess.TimeoutExpired if one does not end.
        """
        stopped = [self.running.pop(part) for part in parts]
        for process in stopped:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        return [process.wait(END_SECONDS) for process in stopped]

    def kill_all(self) -> None:
        """Kill every part."""
        for part in tuple(self.running):
            self.kill(part)


@contextmanager
def parts(settings: Settings, folder: Path) -> Iterator[tuple[Web, Parts]]:
    """Start all parts of a prepared home with their files in ``folder``, and kill them at the end."""
    started = Parts(folder, {"web": Pages(free_port(), TOKEN)})
    try:
        started.start_missing()
        with instance.open_instance(settings) as opened:
            web = Web(settings, opened, f"http://127.0.0.1:{started.pages['web'].port}/graphql", os.getpid())
            until(lambda: is_ready(web), "web server")
            yield web, started
    finally:
        started.kill_all()
