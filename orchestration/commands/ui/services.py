"""Start the code server, the web server and the daemon, and end all three with their children.

Belongs here: the login of a start, sockets, processes and their groups. Does not belong here: serving (``web``).

Each service leads a process group of its own. A Ctrl-C of the terminal so reaches this process only, which passes it on
to the groups: to runs in progress, which are children of the code server, and to their dbt. Who does not end in time is
killed; a killed run loses nothing. If this process itself is killed, the services end at once (``attached``), and a run
in progress ends with its month.
"""

from __future__ import annotations

import errno
import os
import secrets
import select
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from types import FrameType

from rich.console import Console

from orchestration.commands.app import literal
from orchestration.commands.ui import READ_ONLY, UiError, code_server, daemon
from orchestration.commands.ui.one_daemon import only_daemon
from orchestration.commands.ui.service_log import ServiceLog
from orchestration.runtime import instance
from orchestration.runtime.city import is_city
from orchestration.runtime.errors import cause
from orchestration.runtime.settings import Settings

SHORTEST_TOKEN = 16
"""Characters of a fixed token: too many to try them all, so the number of attempts is not limited."""
END_SECONDS = 30.0
"""Longest wait for the services to end by themselves."""
LOOK_SECONDS = 0.2
TELL_AGAIN_SECONDS = 60.0
"""Pause before further errors of the same service are told."""
_NAMES = {"dagster": "代码服务", f"{__package__}.web": "网页服务", daemon.__name__: "守护进程"}
_FILES = {"dagster": "code-server.log", f"{__package__}.web": "web.log", daemon.__name__: "daemon.log"}
_LONGEST_LINE = 200
_NOT_OPENED = {
    errno.EADDRINUSE: "端口正被别的程序使用(可能是已经打开的界面)。请用 --port 换一个端口,例如 --port 3001",
    errno.EACCES: "没有权限使用这个端口。请用 --port 换一个 1024 以上的端口",
    errno.EADDRNOTAVAIL: "本机没有这个地址。请改正设置 ui_host",
}


def open_ui(console: Console, settings: Settings, port: int, *, read_only: bool) -> None:
    """Run the services until Ctrl-C or SIGTERM, and say so on the terminal; read-only leaves the daemon out.

    Raises UiError if the port is in use, the home has a daemon already, the token file is of no use, or a
    service ends by itself.
    """
    # A shell starts background jobs with SIGINT ignored, and so would the services be.
    _handle_interrupts(signal.default_int_handler)
    token = fixed_token(settings.ui_token_file) if settings.ui_token_file else secrets.token_urlsafe(24)
    try:
        with _alone(settings, port, read_only), listen(str(settings.ui_host), port) as listener:
            console.print("正在启动界面:载入 Dagster 和 dbt 项目,请稍候……")
            _prepare(console, settings)
            _serve(console, settings, listener, token, read_only)
    except KeyboardInterrupt:
        return


def _alone(settings: Settings, port: int, read_only: bool) -> AbstractContextManager[None]:
    """Keep other daemons from the home if this start has one. Raises UiError, naming the other process."""
    if read_only:
        return nullcontext()
    instance.prepare(settings)
    return only_daemon(settings, f"shouwang ui --port {port}")


def _prepare(console: Console, settings: Settings) -> None:
    """Prepare the home and the dbt project, and say if the home has nothing to show."""
    # These import Dagster, which takes seconds.
    from orchestration.commands.running import set_damaged_records_aside
    from orchestration.dbt import manifest

    instance.prepare(settings)
    set_damaged_records_aside(console, settings)
    manifest.ensure()
    if not is_city(settings.home) and not any(settings.paths.restricted.glob("deliveries/*/*.json")):
        todo = "请先执行 make demo 看样例,或按 shouwang doctor 的提示放入文件,再运行一个月份"
        text = f"数据目录 {settings.home} 还没有数据,界面里没有结果;{todo}。"
        console.print("[yellow]提示[/]", literal(text), soft_wrap=True)


def _serve(console: Console, settings: Settings, listener: socket.socket, token: str, read_only: bool) -> None:
    """Start the services one after the other, print the address, and look at them until an interrupt."""
    logs = settings.paths.service_logs
    with tempfile.TemporaryDirectory(prefix="shouwang-") as folder, _services(Path(folder), logs, console) as services:
        workspace = services.start_code_server()
        mode = [READ_ONLY] if read_only else []
        web = f"{__package__}.web", str(workspace), str(listener.fileno()), *mode
        address = services.ask(*web, fd=listener, line=token)
        if not read_only:
            services.start(daemon.__name__, "run", "--workspace", str(workspace), *code_server.LOG_LEVEL)
        what = "只供查看,不能启动运行" if read_only else "可以启动运行,含守护进程"
        for line in (
            f"界面已打开  {address}",
            f"数据目录    {settings.home}({what})",
            f"服务的日志  {logs}/(出错时这里会提示)",
            "结束        按 Ctrl-C,正在进行的运行也一并结束" if not read_only else "结束        按 Ctrl-C",
        ):
            console.print(literal(line), soft_wrap=True)
        while True:
            services.look()


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
    """Bind the port of a web server. Raises UiError if it is in use, or not for this account."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        why = _NOT_OPENED.get(error.errno or 0) or cause(error) or f"系统错误 {error.errno}"
        raise UiError(f"不能在 {host} 的端口 {port} 上打开界面:{why}。") from None


class Services:
    """Running processes, each the leader of a group.

    ``folder`` is closed to other accounts, ``logs`` keeps what the processes write, ``console`` shows their errors.
    """

    def __init__(self, folder: Path, logs: Path, console: Console) -> None:
        self._folder, self._logs, self._console = folder, logs, console
        self._running: dict[str, subprocess.Popen[str]] = {}
        self._log: dict[str, ServiceLog] = {}
        self._untold: dict[str, list[str]] = {}
        self._tell_at: dict[str, float] = {}

    def start(
        self, module: str, *arguments: str, fd: socket.socket | None = None, answers: bool = False
    ) -> subprocess.Popen[str]:
        """Start a module of Python that ends with this process, and let it inherit a socket.

        What it writes goes into its log; with ``answers``, its standard output comes to this process.
        """
        log = self._log[module] = ServiceLog(self._logs / _FILES.get(module, f"{module}.log"))
        with log.open() as output:
            process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-P", "-m", f"{__package__}.attached", module, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE if answers else output,
                stderr=output,
                text=True,
                env={**os.environ, **code_server.ENVIRONMENT, "TMPDIR": str(self._folder)},
                pass_fds=[fd.fileno()] if fd else [],
                start_new_session=True,
            )
        self._running[module] = process
        return process

    def ask(self, module: str, *arguments: str, fd: socket.socket, line: str) -> str:
        """Start a module, pass it a line, and return the line that it answers. Raises UiError if it ends before."""
        process = self.start(module, *arguments, fd=fd, answers=True)
        print(line, file=process.stdin, flush=True)
        while not select.select([process.stdout], [], [], 0)[0]:
            self.look()
        answer = process.stdout.readline().strip() if process.stdout else ""
        while not answer:
            self.look()
        return answer

    def start_code_server(self) -> Path:
        """Start the code server, and return the workspace file of the other services once it has loaded the code.

        One server for both: of their own, the daemon would load the code every minute.
        """
        self.start(*code_server.module_and_arguments(self._folder))
        while not code_server.socket_of(self._folder).exists():
            self.look()
        return code_server.write_workspace(self._folder)

    def look(self) -> None:
        """Wait a moment, and tell new errors of the services. Raises UiError if a service has ended."""
        time.sleep(LOOK_SECONDS)
        for module, service in self._running.items():
            self._tell_errors(module)
            if (code := service.poll()) is not None:
                raise UiError(
                    f"界面的进程 {_NAMES.get(module, module)} 意外结束(退出码 {code}),其余进程也已停止。"
                    f"原因见 {self._log[module].file} 的末尾;请重新启动,仍不行请把该文件交给技术人员。"
                )

    def _tell_errors(self, module: str) -> None:
        untold = self._untold.setdefault(module, [])
        untold += self._log[module].errors()
        if untold and time.monotonic() >= self._tell_at.get(module, 0.0):
            text = f"{_NAMES.get(module, module)}有 {len(untold)} 处错误,详情见 {self._log[module].file}:"
            self._console.print("[red]错误[/]", literal(text + untold[0].strip()[:_LONGEST_LINE]), soft_wrap=True)
            untold.clear()
            self._tell_at[module] = time.monotonic() + TELL_AGAIN_SECONDS

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
def _services(folder: Path, logs: Path, console: Console) -> Iterator[Services]:
    services = Services(folder, logs, console)
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
