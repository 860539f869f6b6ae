"""Start one part of the web interface for a service manager.

Belongs here: the command, and what a part needs before it starts. Does not belong here: the parts (``ui.alone``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orchestration.commands.app import load_settings, terminal
from orchestration.commands.ui import PORTS, Part

HELP = (
    "单独启动界面的一个部分,供 systemd 等服务管理器使用(见 deploy/):"
    "code 代码服务,daemon 守护进程,web 完整的网页,viewer 只供查看的网页。"
)


def serve(
    part: Annotated[Part, typer.Argument(metavar="code|daemon|web|viewer", help="哪一部分;code 须最先启动")],
    folder: Annotated[
        Path, typer.Option(metavar="DIR", help="代码服务的套接字所在目录,只对本账号开放;各部分须写同一个")
    ] = Path("/run/shouwang"),
    port: Annotated[int | None, typer.Option(help="网页的端口;默认 web 为 3000,viewer 为 3001")] = None,
) -> None:
    """Serve one part until a signal ends it."""
    from orchestration.commands.running import set_damaged_records_aside
    from orchestration.commands.ui import alone
    from orchestration.dbt import manifest
    from orchestration.runtime import instance

    settings, folder = load_settings(), folder.absolute()
    instance.prepare(settings)
    if settings.dagster_database:
        # Dagster would say it in English, with a traceback.
        settings.dagster_database.require()
    if part is Part.CODE:
        set_damaged_records_aside(terminal(), settings)
        manifest.ensure()
        alone.serve_code(folder)
    elif part is Part.DAEMON:
        alone.serve_daemon(settings, folder)
    else:
        alone.serve_web(settings, folder, port or PORTS[part], read_only=part is Part.VIEWER)
