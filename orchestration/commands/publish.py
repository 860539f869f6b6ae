"""Copy the published version to a server, as the command line asks for it, and after commands that changed it.

Belongs here: the lock meanwhile, what is said, also about what the server still holds.
Does not belong here: copying (``publishing.postgres``), the same after a run (``assets.served``).
"""

from __future__ import annotations

from rich.console import Console

from orchestration.commands.app import literal
from orchestration.dbt import manifest
from orchestration.publishing.content import PublishError
from orchestration.publishing.postgres import state
from orchestration.publishing.postgres.load import Loaded, publish_to
from orchestration.runtime import locks
from orchestration.runtime.city import is_city
from orchestration.runtime.errors import ShouwangError
from orchestration.runtime.settings import Settings

LOCK_WAIT_SECONDS = 600.0
"""A run publishes, and may remove the version that is being copied; a run of a county takes minutes."""


def publish_to_postgres(console: Console, settings: Settings, again: bool = False) -> Loaded:
    """Let PostgreSQL hold the published version, and say so. Raises ShouwangError without a server, or if it fails."""
    if settings.postgres is None:
        raise ShouwangError("设置里没有 [postgres]:请先写明服务器和账号(shouwang init 写的示例,或 docs/postgres.md)。")
    with locks.holding(settings.home, "shouwang publish", LOCK_WAIT_SECONDS, console.print):
        done = publish_to(settings.paths, settings.postgres, manifest.keys(manifest.load()), again)
    console.print(literal(done.told), soft_wrap=True)
    return done


def must_leave(settings: Settings, what: str) -> None:
    """Let the next copy clear away what the home is about to remove, in Chinese; it may be made by another process.

    Raises OSError if that cannot be noted.
    """
    state.owe(settings.paths, settings.postgres, what)


def left_behind(settings: Settings) -> str:
    """Say in Chinese what a server may still hold although the home has removed it; empty if nothing is known."""
    noted = state.load(settings.paths)
    if settings.postgres is None:
        where = f"设置里已没有 [postgres],但 {noted.server} 的数据库里曾有副本(版本 {noted.version}),请自行删除。"
        return where if noted.version else ""
    if not noted.owes:
        return ""
    todo = "请尽快恢复数据库,再执行 shouwang publish --to postgres;下一次运行也会自动补上。"
    return f"{settings.postgres.shown} 的数据库里可能仍有{noted.owes},看板和账号仍能读到。{todo}"


def follow(console: Console, settings: Settings) -> bool:
    """Copy the version that is published now if the settings name a server; return False if that fails, and say why.

    That of a city is not copied.
    """
    if settings.postgres is None or is_city(settings.home):
        return True
    try:
        return not publish_to_postgres(console, settings).not_scrubbed
    except PublishError as error:
        console.print("[red]错误[/]", literal(str(error)), soft_wrap=True)
        return False


def follow_rotation(console: Console, settings: Settings) -> bool:
    """Copy the version with other keys; return False, and say where former keys are left, if that fails."""
    is_followed = follow(console, settings)
    if copies := left_behind(settings):
        console.print("[red]问题[/]", literal(copies), soft_wrap=True)
    return is_followed
