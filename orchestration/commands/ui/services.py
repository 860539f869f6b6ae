"""Start the code server, the web server and the daemon, and end all three with their children.

Belongs here: the login of a start, sockets, processes and their groups. Does not belong here: serving (``web``).

Each service leads a process group of its own. A Ctrl-C of the terminal so reaches this process only, which passes it on
to the groups: to runs in progress, which are children of the code server, and to their dbt. Who does not end in time is
killed; a killed run loses nothing. If this process itself is killed, the services end at once (``attached``), and a run
in progress ends with its month.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from orchestration.commands.ui import READ_ONLY, code_server
from orchestration.runtime.errors import ShouwangError
from orchestration.runtime.settings import Settings

SHORTEST_TOKEN = 16
"""Characters of a fixed token: too many to try them all, so the number of attempts is not limited."""
END_SECONDS = 30.0
"""Longest wait for the services to end by themselves."""
LOOK_SECONDS = 0.2


class UiError(ShouwangError):
    """The web interface cannot start, or a part of it has ended."""


def open_ui(settings: Settings, port: int, *, read_only: bool) -> None:
    """Run the services until Ctrl-C or SIGTERM; read-only leaves the daemon out.

    Raises UiError if the port is in use, the token file is of no use, or a service ends by itself.
    """
    # A shell starts background jobs with SIGINT ignored, and so would the services be.
    _handle_interrupts(signal.default_int_handler)
    token = fixed_token(settings.ui_token_file) if settings.ui_token_file else secrets.token_urlsafe(24)
    with listen(str(settings.ui_host), port) as listener, tempfile.TemporaryDirectory(prefix="shouwang-") as folder:
        try:
            with _services(Path(folder)) as services:
                workspace = services.start_code_server()
                mode = [READ_ONLY] if read_only else []
                web = services.start(f"{__package__}.web", str(workspace), str(listener.fileno()), *mode, fd=listener)
                print(token, file=web.stdin, flush=True)
                if not read_only:
                    services.start("dagster._daemon", "run", "--workspace", str(workspace), *code_server.LOG_LEVEL)
                while True:
                    services.look()
        except KeyboardInterrupt:
            return


def fixed_token(file: Path) -> str:
    """Read the fixed token.

    Raises UiError if the file cannot be read, is open to others, or holds fewer than ``SHORTEST_TOKEN`` characters.
    """
    try:
        token, mode = file.read_text(encoding="utf-8").strip(), stat.S_IMODE(file.stat().st_mode)
    except OSError as error:
        raise UiError(f"口令文件 {file} 不可读:{error.strerror}。") from None
    if mode & 0o077:
        raise UiError(f"口令文件 {file} 对他人开放,请执行 chmod 600 {file}。")
    if len(token) < SHORTEST_TOKEN:
        raise UiError(f"口令文件 {file} 中的口令太短:至少 {SHORTEST_TOKEN} 个字符。")
    return token


def listen(host: str, port: int) -> socket.socket:
    """Bind the port of a web server. Raises UiError if it is in use."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise UiError(f"不能在 {host} 的端口 {port} 上打开界面:{error.strerror}。请用 --port 换一个端口。") from None


class Services:
    """Running processes, each the leader of a group; ``folder`` is closed to other accounts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: dict[str, subprocess.Popen[str]] = {}

    def start(self, module: str, *arguments: str, fd: socket.socket | None = None) -> subprocess.Popen[str]:
        """Start a module of Python that ends with this process, and let it inherit a socket."""
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", "-m", f"{__package__}.attached", module, *arguments],
            stdin=subprocess.PIPE,
            text=True,
            env={**os.environ, **code_server.ENVIRONMENT, "TMPDIR": str(self._folder)},
            pass_fds=[fd.fileno()] if fd else [],
            start_new_session=True,
        )
        self._running[module] = process
        return process

    def start_code_server(self) -> Path:
        """Start the code server, and return the workspace file of the other services once it has loaded the code.

        One server for both: of their own, the daemon would load the code every minute.
        """
        self.start(*code_server.module_and_arguments(self._folder))
        while not code_server.socket_of(self._folder).exists():
            self.look()
        return code_server.write_workspace(self._folder)

    def look(self) -> None:
        """Wait a moment. Raises UiError if a service has ended."""
        time.sleep(LOOK_SECONDS)
        for module, service in self._running.items():
            if (code := service.poll()) is not None:
                raise UiError(f"界面的进程 {module} 意外结束(退出码 {code}),其余进程也已停止。请重新启动。")

    def end(self) -> None:
        """Interrupt the groups, and kill the members that remain."""
        deadline = time.monotonic() + END_SECONDS
        remaining = [service for service in self._running.values() if _signal(service, signal.SIGINT)]
        while remaining and time.monotonic() < deadline:
            time.sleep(LOOK_SECONDS)
            remaining = [service for service in remaining if _signal(service, 0)]
        for service in remaining:
            _signal(service, signal.SIGKILL)
        for service in self._running.values():
            service.wait()


@contextmanager
def _services(folder: Path) -> Iterator[Services]:
    services = Services(folder)
    try:
        yield services
    finally:
        # A second Ctrl-C must not interrupt the end.
        _handle_interrupts(signal.SIG_IGN)
        services.end()


def _handle_interrupts(handler: Callable[[int, FrameType | None], object] | signal.Handlers) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handler)


def _signal(service: subprocess.Popen[str], number: int) -> bool:
    """Send a signal to the group of a service; return False if the group is empty."""
    # A leader that ended is a member until it is waited for.
    service.poll()
    try:
        os.killpg(service.pid, number)
    except ProcessLookupError:
        return False
    return True
