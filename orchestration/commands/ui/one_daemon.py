"""Allow one daemon per home, whether ``shouwang ui`` or a service manager starts it.

Belongs here: the lock of the daemon, and what the second one reads. Does not belong here: starting daemons
(``services``, ``alone``), the lock of runs.

Two daemons would start the same runs, once each. The operating system releases the lock when its process ends, however
it ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestration.commands.ui import UiError
from orchestration.runtime import locks
from orchestration.runtime.settings import Settings


@contextmanager
def only_daemon(settings: Settings, what: str) -> Iterator[None]:
    """Keep other daemons from a prepared home during the block. Raises UiError, naming the other process."""
    try:
        with locks.holding(_folder(settings), what):
            yield
    except locks.HomeBusyError:
        raise UiError(_second(settings)) from None


def become_only_daemon(settings: Settings, what: str) -> None:
    """Keep other daemons from a prepared home until this process ends, whatever program it becomes.

    Raises UiError, naming the other process.
    """
    try:
        locks.hold_for_good(_folder(settings), what)
    except locks.HomeBusyError:
        raise UiError(_second(settings)) from None


def _folder(settings: Settings) -> Path:
    folder = settings.dagster_home / "ui"
    folder.mkdir(exist_ok=True)
    return folder


def _second(settings: Settings) -> str:
    holder = locks.home_holder(_folder(settings)) or "刚刚结束,请重试"
    return (
        f"数据目录 {settings.home} 的守护进程已在运行:{holder};一个数据目录只能有一个。"
        "已用 shouwang ui 打开界面的,请用它启动时打印的地址,或在那个终端按 Ctrl-C 结束它;"
        "由服务启动的(serve daemon),请用服务的网页,或先停止服务(systemctl stop shouwang-daemon)。"
        "另开一个只供查看的界面:shouwang ui --read-only --port 3001。"
    )
