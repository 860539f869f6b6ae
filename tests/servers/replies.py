"""What the HTTPS server answers, and how an answer goes wrong on purpose.

A fault makes a wrong reply of the right one. `https.py` chooses the fault and sends the reply as it is described here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Request:
    """A request as the server saw it; `query` has the parameters of the address and of a JSON or form body."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Reply:
    """An answer: `announced` bytes are said to follow (by default those of the body), `body` is sent.

    After `stall_at` bytes of the body nothing follows for `stall_seconds`. After the body, `endless` is sent again and
    again until the client hangs up; nothing is announced then.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    announced: int | None = None
    stall_at: int | None = None
    stall_seconds: float = 0
    endless: bytes = b""

    @classmethod
    def json(cls, content: Any, headers: Mapping[str, str] | None = None) -> Reply:
        """An answer in JSON."""
        body = json.dumps(content, ensure_ascii=False).encode()
        return cls(headers={"Content-Type": "application/json; charset=utf-8", **(headers or {})}, body=body)

    def with_json(self, **changes: Any) -> Reply:
        """The same JSON object with other values at some keys."""
        return replace(self, body=json.dumps({**json.loads(self.body), **changes}, ensure_ascii=False).encode())


# The right answer to any request, and the request: a wrong answer.
Answer = Callable[[Request], Reply]
Fault = Callable[[Answer, Request], Reply]


def stall(after: int = 0, seconds: float = 600) -> Fault:
    """Send some bytes of the body, then nothing for a long time."""
    return lambda answer, request: replace(answer(request), stall_at=after, stall_seconds=seconds)


def truncate(after: int) -> Fault:
    """Announce the whole body, send its beginning and hang up."""

    def fault(answer: Answer, request: Request) -> Reply:
        right = answer(request)
        return replace(right, body=right.body[:after], announced=len(right.body))

    return fault


def longer(by: bytes) -> Fault:
    """Send more than announced."""

    def fault(answer: Answer, request: Request) -> Reply:
        right = answer(request)
        return replace(right, body=right.body + by, announced=len(right.body))

    return fault


def endless(chunk: bytes = b"[" * 65536) -> Fault:
    """Send the chunk without end, by default JSON that nests deeper and deeper."""
    return lambda answer, request: Reply(headers={"Content-Type": "application/json"}, endless=chunk)


def nested(depth: int) -> Fault:
    """Answer with JSON that is complete, and nested as deep as said."""
    body = b'{"rows": ' + b"[" * depth + b"]" * depth + b"}"
    return lambda answer, request: Reply(headers={"Content-Type": "application/json"}, body=body)


def status(code: int, **headers: str) -> Fault:
    """Answer with a status; `Retry_After="2"` becomes the header Retry-After."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda answer, request: Reply(code, named, b'{"message": "refused on purpose"}')


def redirect(to: str, code: int = 302) -> Fault:
    """Send the client elsewhere, such as to another host."""
    return status(code, Location=to)


def total(said: int) -> Fault:
    """Give the right rows and a wrong total."""
    return lambda answer, request: answer(request).with_json(total=said)


def repeat(page: Mapping[str, str]) -> Fault:
    """Answer every request as if it had asked with these parameters: the same page again and again."""
    return lambda answer, request: answer(replace(request, query={**request.query, **page}))
