"""Copy the published version to a server, as the command line asks for it, and after commands that changed it.

Belongs here: the lock meanwhile, what is said. Does not belong here: copying (``publishing.postgres``), the same after
a run (``assets.served``).
"""

from __future__ import annotations

from rich.console import Console

from orchestration.commands.app import literal
from orchestration.dbt import manifest
from orchestration.publishing.content import PublishError
from orchestration.publishing.postgres.load import publish_to
from orchestration.runtime import locks
from orchestration.runtime.errors import ShouwangError
from orchestration.runtime.settings import Settings

LOCK_WAIT_SECONDS = 600.0
"""A run publishes, and may remove the version that is being copied; a run of a county takes minutes."""


def publish_to_postgres(console: Console, settings: Settings, again: bool = False) -> None:
    """Let PostgreSQL hold the published version, and say so. Raises ShouwangError without a server, or if it fails."""
    if settings.postgres is None:
        raise ShouwangError("设置里没有 [postgres]:请先写明服务器和账号(shouwang init 写的示例,或 docs/postgres.md)。")
    with locks.holding(settings.home, "shouwang publish", LOCK_WAIT_SECONDS, console.print):
        done = publish_to(settings.paths, settings.postgres, manifest.keys(manifest.load()), again)
    console.print(literal(done.told), soft_wrap=True)


def follow(console: Console, settings: Settings) -> bool:
    """Copy the version that is published now if the settings name a server; return False if that fails, and say why."""
    if settings.postgres is None:
        return True
    try:
        publish_to_postgres(console, settings)
    except PublishError as error:
        console.print("[red]错误[/]", literal(str(error)), soft_wrap=True)
        return False
    return True
