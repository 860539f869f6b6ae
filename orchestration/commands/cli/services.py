"""Commands that serve the web interface, and that tell the channels of the settings what is wrong.

Belongs here: arguments and exit codes. Does not belong here: the work.
"""

from __future__ import annotations

from typing import Annotated

import typer

from orchestration.commands import serve
from orchestration.commands.app import load_settings, terminal

commands = typer.Typer()


@commands.command(help="打开 Dagster 界面(含守护进程):只在本机,用启动时打印的地址登录。Ctrl-C 结束。")
def ui(
    port: Annotated[int, typer.Option(min=1, max=65535, help="端口")] = 3000,
    read_only: Annotated[bool, typer.Option("--read-only", help="只供查看:不能启动运行,不含守护进程")] = False,
) -> None:
    """Open Dagster's web server behind a guard, and its daemon."""
    from orchestration.commands.ui.services import open_ui

    open_ui(terminal(), load_settings(), port, read_only=read_only)


@commands.command(
    help="把有问题的事告知设置 [alerts] 中的通道,每件事一次;供定时任务执行,守护进程停了也能告知。"
    "退出码 0 表示每个通道都能用。"
)
def alerts(test: Annotated[bool, typer.Option("--test", help="给每个通道发一条测试消息")] = False) -> None:
    """Tell the channels of the settings what is wrong."""
    from orchestration.commands.alerts import send_alerts, try_channels

    is_fine = (try_channels if test else send_alerts)(terminal(), load_settings())
    raise typer.Exit(0 if is_fine else 1)


commands.command(name="serve", help=serve.HELP)(serve.serve)
