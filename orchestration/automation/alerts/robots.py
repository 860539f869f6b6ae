"""Send text to the robots of group chats: WeCom (企业微信), DingTalk (钉钉), Feishu and Lark (飞书).

Belongs here: their addresses, forms, signatures, limits and error codes. Does not belong here: other channels
(``channels``).

apprise knows these robots too, but takes a refusal in a successful answer of WeCom and DingTalk for a success, and
counts characters where they count bytes, so that alerts would be lost (findings/apprise_robot_refusals.sh). An address
may name any server: counties use installations of their own.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import httpx

from sources.landing.transport.interface.failures import StatusError, explain
from sources.landing.transport.trouble import CERTIFICATE, TransportError, explained

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 10.0
"""Shorter than for files: other channels wait, and Dagster ends a tick after a minute."""
MAX_ANSWER = 1 << 16
_TODO = "请核对群机器人的设置"


@dataclass(frozen=True)
class Form:
    """How one kind of robot is spoken to; ``limit`` is in bytes of a text, ``codes`` are its refusals in words."""

    label: str
    path: str
    limit: int
    code: str
    body: Callable[[str], dict[str, Any]]
    codes: Mapping[int, str]
    sign: Callable[[str, float], tuple[dict[str, str], dict[str, str]]]
    """Parameters of the address and fields of the body that prove the secret at a time."""


def _unsigned(_: str, __: float) -> tuple[dict[str, str], dict[str, str]]:
    """Return nothing: the key in the address is all that the robot asks for."""
    return {}, {}


def _dingtalk_sign(secret: str, now: float) -> tuple[dict[str, str], dict[str, str]]:
    """Sign as https://open.dingtalk.com/document/robots/customize-robot-security-settings says."""
    stamp = str(round(now * 1000))
    digest = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
    return {"timestamp": stamp, "sign": base64.b64encode(digest).decode()}, {}


def _feishu_sign(secret: str, now: float) -> tuple[dict[str, str], dict[str, str]]:
    """Sign as https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot says."""
    stamp = str(int(now))
    digest = hmac.new(f"{stamp}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return {}, {"timestamp": stamp, "sign": base64.b64encode(digest).decode()}


WECOM = Form(
    label="企业微信机器人",
    path="/cgi-bin/webhook/send",
    limit=2048,
    code="errcode",
    body=lambda text: {"msgtype": "text", "text": {"content": text}},
    codes={93000: "地址里的 key 不对,或机器人已被移除", 45009: "发得太频繁,被限流", 40058: "内容超过长度或不合格式"},
    sign=_unsigned,
)
DINGTALK = Form(
    label="钉钉机器人",
    path="/robot/send",
    limit=18000,  # the whole request has 20000
    code="errcode",
    body=lambda text: {"msgtype": "text", "text": {"content": text}},
    codes={
        310000: "安全设置不符(自定义关键词须为“守望”,或加签密钥、本机时间、IP 地址不对)",
        300001: "地址里的 access_token 不对,或机器人已被移除",
        300005: "地址里的 access_token 不对,或机器人已被移除",
        130101: "发得太频繁,被限流",
        410100: "发得太频繁,被限流",
    },
    sign=_dingtalk_sign,
)
FEISHU = Form(
    label="飞书机器人",
    path="/open-apis/bot/v2/hook/",
    limit=18000,  # the whole request has 20 KiB
    code="code",
    body=lambda text: {"msg_type": "text", "content": {"text": text}},
    codes={
        19001: "地址里的令牌不对,或机器人已被移除",
        19021: "签名不符(密钥或本机时间不对)",
        19022: "本机的 IP 地址不在机器人的白名单里",
        19024: "机器人设置的自定义关键词须为“守望”",
        9499: "发得太频繁,或内容不合格式",
        11232: "发得太频繁,被限流",
    },
    sign=_feishu_sign,
)


@dataclass(frozen=True)
class Robot:
    """One robot; ``address`` and ``secret`` are never shown."""

    form: Form
    address: str
    secret: str = ""
    ca_file: Path | None = None

    def __repr__(self) -> str:
        """Hide the address."""
        return f"Robot({self.form.label})"

    @property
    def label(self) -> str:
        """The kind as people call it."""
        return self.form.label

    @property
    def limit(self) -> int:
        """Bytes that a message may have."""
        return self.form.limit

    def send(self, text: str) -> None:
        """Send a text to this address only, and read what the robot says. Raises TransportError without the address."""
        params, fields = self.form.sign(self.secret, time.time()) if self.secret else ({}, {})
        content = json.dumps({**fields, **self.form.body(text)}, ensure_ascii=False).encode()
        with explained(explain):
            self._require_accepted(self._posted(_with_params(self.address, params), content))

    def _posted(self, address: str, content: bytes) -> bytes:
        # Their records have addresses with keys.
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)
        timeout = httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
        headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "shouwang"}
        with (
            httpx.Client(verify=_trusted(self.ca_file), timeout=timeout, trust_env=False) as client,
            client.stream("POST", address, content=content, headers=headers, follow_redirects=False) as answer,
        ):
            if answer.status_code != httpx.codes.OK:
                raise StatusError(answer.status_code)
            received, end = bytearray(), time.monotonic() + ANSWER_SECONDS
            for chunk in answer.iter_bytes(4096):
                received += chunk
                if len(received) > MAX_ANSWER or time.monotonic() > end:
                    raise TransportError("对方的回应太长或太慢", _TODO, True)
        return bytes(received)

    def _require_accepted(self, answer: bytes) -> None:
        """Raise TransportError unless the robot says that it took the message: a refusal has status 200 as well."""
        try:
            said = json.loads(answer)
            code = int(said[self.form.code] if self.form.code in said else said["StatusCode"])
        except (ValueError, KeyError, TypeError):
            raise TransportError(f"{self.label}的回应无法理解", "请核对地址是否为群机器人的地址") from None
        if code:
            raise TransportError(f"{self.label}没有收下(错误码 {code}):{self.form.codes.get(code, '原因未知')}", _TODO)


def robot_at(address: str, ca_file: Path | None = None) -> Robot | None:
    """Return the robot of a web address as the chat shows it, whatever the server; None if it is of none.

    The parameter ``secret``, which no chat adds, is the key of signatures.
    """
    parts = urlsplit(address)
    form = next((f for f in (WECOM, DINGTALK, FEISHU) if _is_at(f, parts.path)), None)
    if form is None or parts.scheme not in ("http", "https"):
        return None
    query = dict(parse_qsl(parts.query))
    secret = query.pop("secret", "")
    plain = parts._replace(path=parts.path.rstrip("/"), query=urlencode(query), fragment="")
    return Robot(form, urlunsplit(plain), secret, ca_file)


def _is_at(form: Form, path: str) -> bool:
    return form.path in path if form.path.endswith("/") else path.rstrip("/").endswith(form.path)


def _with_params(address: str, params: Mapping[str, str]) -> str:
    parts = urlsplit(address)
    return urlunsplit(parts._replace(query=urlencode({**dict(parse_qsl(parts.query)), **params})))


def _trusted(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    except (OSError, ssl.SSLError):
        raise TransportError("根证书文件读不到,或不是证书", CERTIFICATE) from None
