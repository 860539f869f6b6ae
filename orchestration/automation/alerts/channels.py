"""Open a channel of the settings: a robot of a group chat, or anything else that apprise can reach.

Belongs here: which address is which channel, sending through apprise. Does not belong here: the robots (``robots``).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from orchestration.automation.alerts.robots import ANSWER_SECONDS, CONNECT_SECONDS, Robot, robot_at
from orchestration.runtime.alert_channels import AlertChannel
from sources.landing.transport.location import is_loopback, require_tls
from sources.landing.transport.trouble import NETWORK, TransportError

TITLE = "守望告警"
_WRONG = "请核对地址文件或环境变量里的地址(写法见 docs/alerts.md)"
_STATUS = re.compile(r"error=(\d{3})\b")
_LOCAL = ("dbus", "glib", "gnome", "kde", "qt", "macosx", "windows", "syslog", "blink1")
"""Schemes of apprise that reach nobody beyond this machine."""


class Opened(Protocol):
    """A channel that texts can be sent to."""

    @property
    def label(self) -> str:
        """The kind as people call it."""

    @property
    def limit(self) -> int:
        """Bytes that a message may have."""

    def send(self, text: str) -> None:
        """Send a text. Raises TransportError without the address."""


@dataclass(frozen=True)
class ByApprise:
    """A service of apprise, such as mail or a webhook that takes JSON."""

    service: Any

    @property
    def label(self) -> str:
        """The kind as people call it."""
        return {"E-Mail": "邮件", "JSON": "JSON 接口"}.get(
            str(self.service.service_name), str(self.service.service_name)
        )

    @property
    def limit(self) -> int:
        """Bytes that a message may have: apprise counts characters, which are never more."""
        return int(self.service.body_maxlen)

    def send(self, text: str) -> None:
        """Send a text. Raises TransportError without the words of apprise, which may quote the address."""
        with _quiet() as said:
            try:
                is_sent = self.service.notify(body=text, title=TITLE, body_format="text", overflow="upstream")
            except Exception as error:
                raise TransportError(f"{self.label}没有发出({type(error).__name__})", _WRONG) from None
        if not is_sent:
            status = next((found[1] for line in said if (found := _STATUS.search(line))), None)
            cause = f"对方回应 {status}" if status else "连接不上对方,或对方没有收下"
            raise TransportError(f"{self.label}没有发出:{cause}", f"{_WRONG};{NETWORK}", True)


def opened(channel: AlertChannel) -> Opened:
    """Open a channel. Raises TransportError, in Chinese and without the address, if there is none or it is wrong."""
    address = channel.address()
    robot = robot_at(address, channel.ca_file) or _by_apprise(address, channel)
    if isinstance(robot, Robot):
        try:
            require_tls(robot.address, channel.plain)
        except ValueError as error:
            raise TransportError("地址不能用", str(error)) from None
    return robot


def _by_apprise(address: str, channel: AlertChannel) -> Opened:
    from apprise import Apprise, AppriseAsset
    from apprise.plugins.dingtalk import NotifyDingTalk
    from apprise.plugins.feishu import NotifyFeishu
    from apprise.plugins.lark import NotifyLark
    from apprise.plugins.wecombot import NotifyWeComBot

    if not address or "\n" in address or urlsplit(address).scheme in _LOCAL:
        raise TransportError("地址是空的、不止一行,或不通向别处", _WRONG)
    with _quiet():
        try:
            service = Apprise.instantiate(address, asset=AppriseAsset(http_redirects=False, app_id="shouwang"))
        except Exception:
            service = None
    match service:
        case None:
            raise TransportError("地址不是认识的写法", _WRONG)
        case NotifyWeComBot():
            native = service.api_url
        case NotifyDingTalk():
            secret = f"&secret={service.secret}" if service.secret else ""
            native = service.notify_url.format(token=service.token) + secret
        case NotifyFeishu():
            native = service.notify_url.format(token=service.token)
        case NotifyLark():
            native = service.webhook_url
        case _:
            _require_tls(service, channel.plain)
            service.redirects = False
            service.socket_connect_timeout, service.socket_read_timeout = CONNECT_SECONDS, ANSWER_SECONDS
            return ByApprise(service)
    robot = robot_at(native, channel.ca_file)
    if robot is None:
        raise TransportError("地址不是认识的写法", _WRONG)
    return robot


def _require_tls(service: Any, plain: bool) -> None:
    """Raise TransportError if a service would send in the open, beyond this machine and against the settings."""
    is_open = not service.secure and getattr(service, "secure_mode", "insecure") == "insecure"
    server = getattr(service, "smtp_host", None) or service.host or ""
    if is_open and not plain and not is_loopback(server):
        raise TransportError("地址不加密", "请用加密的写法(mailtos://、jsons://),确需不加密时写 plain = true")


@contextmanager
def _quiet() -> Iterator[list[str]]:
    """Keep the words of apprise out of every log, and collect them: they may quote an address with its key."""
    logger, said = logging.getLogger("apprise"), list[str]()
    former, logger.propagate = logger.propagate, False
    handler = _Collecting(said)
    logger.addHandler(handler)
    try:
        yield said
    finally:
        logger.removeHandler(handler)
        logger.propagate = former


class _Collecting(logging.Handler):
    def __init__(self, said: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._said = said

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the text of a record."""
        self._said.append(record.getMessage())
