"""Robots of group chats as answers of the HTTPS server: what they take, and refuse with status 200.

Forms, limits and codes are those of the chats' own documents; each robot keeps the texts that it took.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from typing import Any

from tests.servers.replies import Reply, Request

KEYWORD = "守望"


@dataclass
class WecomRobot:
    """https://developer.work.weixin.qq.com/document/path/91770: 2048 bytes of text."""

    key: str
    texts: list[str] = field(default_factory=list)

    def __call__(self, request: Request) -> Reply:
        content = json.loads(request.body)
        if request.query.get("key") != self.key:
            return Reply.json({"errcode": 93000, "errmsg": f"invalid webhook url, key: {request.query.get('key')}"})
        if content["msgtype"] != "text" or len(content["text"]["content"].encode()) > 2048:
            return Reply.json({"errcode": 40058, "errmsg": "content exceed max length"})
        self.texts.append(content["text"]["content"])
        return Reply.json({"errcode": 0, "errmsg": "ok"})


@dataclass
class DingtalkRobot:
    """https://open.dingtalk.com/document/robots/custom-robot-access: a keyword, a signature, 20000 bytes in all."""

    token: str
    secret: str
    texts: list[str] = field(default_factory=list)

    def __call__(self, request: Request) -> Reply:
        content = json.loads(request.body)
        stamp = request.query.get("timestamp", "0")
        signed = hmac.new(self.secret.encode(), f"{stamp}\n{self.secret}".encode(), hashlib.sha256).digest()
        is_signed = request.query.get("sign") == base64.b64encode(signed).decode()
        if request.query.get("access_token") != self.token:
            return Reply.json({"errcode": 300005, "errmsg": "token is not exist"})
        if not is_signed or abs(time.time() * 1000 - int(stamp)) > 3_600_000:
            return Reply.json({"errcode": 310000, "errmsg": "sign not match"})
        if len(request.body) > 20000 or KEYWORD not in content["text"]["content"]:
            return Reply.json({"errcode": 310000, "errmsg": "keywords not in content"})
        self.texts.append(content["text"]["content"])
        return Reply.json({"errcode": 0, "errmsg": "ok"})


@dataclass
class FeishuRobot:
    """https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot: a signature in the body, 20 KiB in all."""

    secret: str
    texts: list[str] = field(default_factory=list)

    def __call__(self, request: Request) -> Reply:
        content: dict[str, Any] = json.loads(request.body)
        stamp = content.get("timestamp", "0")
        signed = hmac.new(f"{stamp}\n{self.secret}".encode(), digestmod=hashlib.sha256).digest()
        if content.get("sign") != base64.b64encode(signed).decode() or abs(time.time() - int(stamp)) > 3600:
            return Reply.json({"code": 19021, "msg": "sign match fail or timestamp is not within one hour"})
        if len(request.body) > 20 * 1024:
            return Reply.json({"code": 9499, "msg": "Bad Request"})
        self.texts.append(content["content"]["text"])
        return Reply.json({"StatusCode": 0, "StatusMessage": "success", "code": 0, "data": {}, "msg": "success"})
