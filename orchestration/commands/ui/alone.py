"""Serve one part of the web interface as this process, for a service manager such as systemd (``deploy/``).

Belongs here: the parts, each started and ended by itself. Does not belong here: all of them together (``services``).

Runs are children of the code server: web servers and the daemon can end and start again in the middle of a run.
"""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import NoReturn

from orchestration.commands.ui import UiError, code_server, daemon
from orchestration.commands.ui.one_daemon import become_only_daemon
from orchestration.commands.ui.services import fixed_token, listen
from orchestration.runtime.settings import Settings


def serve_code(folder: Path) -> NoReturn:
    """Become the code server. Raises UiError if other accounts can enter the folder of its socket."""
    require_closed(folder)
    code_server.write_workspace(folder)
    os.environ.update(code_server.ENVIRONMENT)
    _become(*code_server.module_and_arguments(folder))


def serve_daemon(settings: Settings, folder: Path) -> NoReturn:
    """Become the daemon. Raises UiError if the code server has never started, or the home has a daemon already."""
    workspace = _workspace(folder)
    become_only_daemon(settings, "shouwang serve daemon")
    os.environ.update(code_server.ENVIRONMENT)
    _become(daemon.__name__, "run", "--workspace", str(workspace), *code_server.LOG_LEVEL)


def serve_web(settings: Settings, folder: Path, port: int, *, read_only: bool) -> None:
    """Serve the web pages until a signal.

    Raises UiError if no token file is set or it is of no use, the port is in use, or the code server has never started.
    """
    from dagster._utils.log import configure_loggers

    from orchestration.commands.ui.web import serve

    if settings.ui_token_file is None:
        raise UiError("单独启动网页服务须有固定口令:请在设置 ui_token_file 中写明口令文件。")
    token, workspace = fixed_token(settings.ui_token_file), _workspace(folder)
    configure_loggers(log_level="WARNING")
    with listen(str(settings.ui_host), port) as listener:
        serve(settings, workspace, listener, token, read_only=read_only)


def require_closed(folder: Path) -> None:
    """Raise UiError unless the folder is there, of this account, and closed to all others."""
    if not folder.is_dir():
        raise UiError(f"没有目录 {folder}:请先建立,只对运行守望的账号开放(chmod 700)。")
    found = folder.stat()
    if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise UiError(f"目录 {folder} 对他人开放或属于其他账号:代码服务没有登录,请执行 chmod 700 {folder}。")


def _workspace(folder: Path) -> Path:
    """Return the workspace file that the code server has written. Raises UiError if it has not."""
    if not (file := code_server.workspace_of(folder)).exists():
        raise UiError(f"{folder} 中没有代码服务的记录:请先启动代码服务(shouwang serve code)。")
    return file


def _become(module: str, *arguments: str) -> NoReturn:
    """Replace this process, so that the service manager's signals reach the service itself."""
    os.execv(sys.executable, [sys.executable, "-P", "-m", module, *arguments])  # noqa: S606
