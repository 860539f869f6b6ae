"""Describe one request to an interface.

Belongs here: address, parameters, body. Does not belong here: login and signature, which never are in a description.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from sources.landing.transport.trouble import TransportError

Value = str | int | bool


@dataclass(frozen=True)
class Asked:
    """A request without its login."""

    method: str
    url: str
    """Without query."""
    params: tuple[tuple[str, str], ...] = ()
    body: tuple[tuple[str, Value], ...] | None = None
    body_as: str = "json"

    @classmethod
    def of(
        cls, method: str, url: str, params: Mapping[str, Value], body: Mapping[str, Value] | None, body_as: str
    ) -> Asked:
        """Ask for an address that may have a query; ``params`` take precedence."""
        address, _, query = url.partition("?")
        pairs = None if body is None else tuple(body.items())
        asked = cls(method, address, tuple(parse_qsl(query, keep_blank_values=True)), pairs, body_as)
        for name, value in params.items():
            asked = asked._with_param(name, value)
        return asked

    def having(self, name: str, value: Value) -> Asked:
        """Set a parameter: in the body, if there is one."""
        if self.body is not None:
            return replace(self, body=tuple({**dict(self.body), name: value}.items()))
        return self._with_param(name, value)

    def _with_param(self, name: str, value: Value) -> Asked:
        others = tuple(pair for pair in self.params if pair[0] != name)
        return replace(self, params=(*others, (name, written(value))))

    def at(self, told: str) -> Asked:
        """Ask at an address that the server tells. Raises TransportError if it is that of another server."""
        try:
            url, _, _ = urljoin(self.url, told).partition("#")
            is_same = origin(url) == origin(self.url)
        except ValueError:
            is_same = False
        if not is_same:
            raise TransportError(
                "对方要求转到另一台服务器,或不加密的地址,没有跟随(以免把密码交给别处)",
                "请向对方核实;若接口已迁移,请改设置里的 url",
            )
        address, _, query = url.partition("?")
        return replace(self, url=address, params=tuple(parse_qsl(query, keep_blank_values=True)))

    def content(self) -> tuple[bytes, dict[str, str]]:
        """Return the body as it is sent, and its header."""
        if self.body is None:
            return b"", {}
        if self.body_as == "form":
            pairs = [(name, written(value)) for name, value in self.body]
            return urlencode(pairs).encode(), {"Content-Type": "application/x-www-form-urlencoded"}
        return json.dumps(dict(self.body), ensure_ascii=False).encode(), {
            "Content-Type": "application/json; charset=utf-8"
        }


def origin(url: str) -> tuple[str, str | None, int]:
    """Return scheme, host and port of an address. Raises ValueError if it has no valid port."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)


def written(value: Value) -> str:
    """Write a value of a parameter."""
    return str(value).lower() if isinstance(value, bool) else str(value)
