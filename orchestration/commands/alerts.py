"""Send alerts from outside the daemon, and try the channels.

Belongs here: what is said on the terminal. Does not belong here: finding and sending (``automation.alerts``).
"""

from __future__ import annotations

from datetime import datetime

from rich.console import Console

from orchestration.automation.alerts.channels import TITLE, opened
from orchestration.commands.app import literal
from orchestration.runtime.errors import ShouwangError
from orchestration.runtime.settings import Settings
from orchestration.working_days import ZONE
from sources.landing.transport.trouble import TransportError


def send_alerts(console: Console, settings: Settings) -> bool:
    """Tell each channel what it does not know yet; return True if no channel failed.

    Raises ShouwangError if the settings name no channel, OSError if the record cannot be kept.
    """
    _require_channels(settings)
    from orchestration.automation.alerts.tell import tell
    from orchestration.runtime import instance

    instance.prepare(settings)
    with instance.open_instance(settings) as opened_instance:
        told = tell(settings, opened_instance, datetime.now(ZONE), is_daemon=False)
    console.print(literal(f"{told.text}。"), soft_wrap=True)
    for failed in told.failed:
        console.print("[red]没有发出[/]", literal(failed), soft_wrap=True)
    return not told.failed


def try_channels(console: Console, settings: Settings) -> bool:
    """Send a message to each channel, and say in words what was wrong; return True if each took it.

    Raises ShouwangError if the settings name no channel.
    """
    _require_channels(settings)
    taken = [_takes_message(console, settings, name) for name in settings.alerts]
    return all(taken)


def _takes_message(console: Console, settings: Settings, name: str) -> bool:
    channel = settings.alerts[name]
    try:
        there = opened(channel)
        there.send(f"{TITLE}\n这是一条测试消息({datetime.now(ZONE):%Y-%m-%d %H:%M}):通道 {name} 可以使用。")
    except TransportError as error:
        console.print("[red]不能用[/]", literal(f"{name}:{error}"), soft_wrap=True)
        return False
    console.print("[green]已发出[/]", literal(f"{name}({there.label}),请在接收方核对"), soft_wrap=True)
    return True


def _require_channels(settings: Settings) -> None:
    if not settings.alerts:
        raise ShouwangError("设置中没有告警通道:请在 settings.toml 写一节 [alerts.名称](写法见 docs/alerts.md)。")
