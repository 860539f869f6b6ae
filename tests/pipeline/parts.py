"""Code server, daemon and web server of a home as parts that can be killed and started one by one (``serve``).

Belongs here: the processes. Does not belong here: all of them in one (``web``), a proxy in front (``test_services``).
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from orchestration.runtime import instance
from orchestration.runtime.settings import Settings
from tests.paths import ROOT
from tests.pipeline.web import TOKEN, Web, free_port, is_ready, kill, tree, until

COMMAND = [sys.executable, "-c", "from orchestration.commands.cli import main; main()", "serve"]
ALL = "code", "daemon", "web"


@dataclass
class Parts:
    """The running parts of a home; each leads a group of processes, and runs are children of the code server."""

    settings: Settings
    folder: Path
    port: int
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, part: str) -> None:
        """Start a part; the others need the code server's socket."""
        environment = {**os.environ, "SHOUWANG_UI_TOKEN_FILE": str(self.folder / "token")}
        port = ["--port", str(self.port)] if part == "web" else []
        with (self.folder / f"{part}.log").open("ab") as log:
            self.running[part] = subprocess.Popen(
                [*COMMAND, part, "--folder", str(self.folder), *port],
                env=environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        if part == "code":
            until((self.folder / "code").exists, "code server")

    def kill(self, part: str) -> None:
        """Kill a part with everything that it started, as systemd does."""
        process = self.running.pop(part)
        children = tree(process.pid)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        kill(children)
        process.wait()


@contextmanager
def parts(settings: Settings, folder: Path) -> Iterator[tuple[Web, Parts]]:
    """Start all parts of a prepared home with their files in ``folder``, and kill them at the end."""
    folder.mkdir(mode=0o700)
    (folder / "token").write_text(TOKEN)
    (folder / "token").chmod(0o600)
    started = Parts(settings, folder, free_port())
    try:
        for part in ALL:
            started.start(part)
        with instance.open_instance(settings) as opened:
            web = Web(settings, opened, f"http://127.0.0.1:{started.port}/graphql", os.getpid())
            until(lambda: is_ready(web), "web server")
            yield web, started
    finally:
        for part in tuple(started.running):
            started.kill(part)
