"""Send requests to one server: login, signature, redirects, limits, and trying again where that helps.

Belongs here: everything about HTTP that rows and files share. Does not belong here: what the answers mean.
"""

from __future__ import annotations

import logging
import secrets
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar
from urllib.parse import parse_qsl

import httpx
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    stop_after_delay,
    wait_exponential,
    wait_random,
)

from sources.landing.transport.copying import MAX_SECONDS
from sources.landing.transport.interface.asked import Asked
from sources.landing.transport.interface.failures import BUSY, BusyError, StatusError, is_hiccup
from sources.landing.transport.interface.length import no_longer_than_announced
from sources.landing.transport.interface.signing import Signing, headers_of
from sources.landing.transport.location import CONNECT_SECONDS, SILENT_SECONDS
from sources.landing.transport.trouble import TransportError

ATTEMPTS = 4
BUDGET_SECONDS = 90.0
"""How long one request may be tried again; longer troubles are for the retries of the run."""
PATIENCE_SECONDS = 30.0
"""Longest Retry-After that is waited for."""
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 8.0
_REDIRECTS = (301, 302, 303, 307, 308)
_MAX_REDIRECTS = 5
_ENCODINGS = ("", "identity", "gzip")
_T = TypeVar("_T")


@dataclass(frozen=True)
class Login:
    """What proves to the server who asks; it is sent to this server only."""

    headers: Mapping[str, str]
    params: tuple[tuple[str, str], ...] = ()
    signing: Signing | None = None
    secret: bytes = b""

    def __repr__(self) -> str:
        """Show nothing: traces of errors may show values."""
        return "Login(…)"


@dataclass(frozen=True)
class Page:
    """One answer, unpacked."""

    content: bytes
    content_type: str
    link: str | None
    """Address of the next page by the header Link."""


class Client:
    """A connection to one server, as one location may use it."""

    def __init__(self, http: httpx.Client, login: Login) -> None:
        self._http, self._login = http, login
        self.begin()

    def begin(self) -> None:
        """Give the next table its time."""
        self._until = time.monotonic() + MAX_SECONDS

    def page(self, asked: Asked, limit: int) -> Page:
        """Receive one answer whole, at most ``limit`` bytes; tries again. Raises TransportError and errors of httpx."""

        def receive() -> Page:
            with self.answer(asked, {"Accept": "application/json", "Accept-Encoding": "gzip"}) as response:
                content = self._whole(response, limit)
                link = response.links.get("next", {}).get("url")
                return Page(content, response.headers.get("Content-Type", ""), link)

        return self.trying_again(receive)

    def trying_again(self, what: Callable[[], _T], attempts: int = ATTEMPTS, budget: float = BUDGET_SECONDS) -> _T:
        """Do something again, a few times within a budget, if the connection broke or the server is busy."""
        retrying = Retrying(
            stop=stop_after_attempt(attempts) | stop_after_delay(budget),
            wait=_wait,
            retry=retry_if_exception(_may_help),
            sleep=time.sleep,
            reraise=True,
        )
        return retrying(what)

    @contextmanager
    def answer(self, asked: Asked, headers: Mapping[str, str]) -> Iterator[httpx.Response]:
        """Send a request, follow redirects within the server, and yield the answer, whose body is not yet read.

        Raises TransportError if the status is no success, and errors of httpx.
        """
        for _ in range(_MAX_REDIRECTS + 1):
            response = self._http.send(self._request(asked, headers), stream=True)
            try:
                if response.status_code not in _REDIRECTS:
                    _require_success(response)
                    with no_longer_than_announced(response):
                        yield response
                    return
                asked = _redirected(asked, response)
            finally:
                response.close()
        raise TransportError("对方一再要求转到别的地址", "请核对设置里的 url,或请对方检查接口")

    def check_time(self) -> None:
        """Raise TransportError if the time for one table is over."""
        if time.monotonic() > self._until:
            raise TransportError(f"取一张表超过了 {MAX_SECONDS / 60:.0f} 分钟", "请检查网络速度,或请对方分批提供", True)

    def _request(self, asked: Asked, headers: Mapping[str, str]) -> httpx.Request:
        content, of_content = asked.content()
        url = httpx.URL(asked.url).copy_with(params=[*asked.params, *self._login.params] or None)
        request = self._http.build_request(
            asked.method,
            url,
            content=content or None,
            headers={**headers, **of_content, **self._login.headers},
        )
        if signing := self._login.signing:
            # The query is signed as it is sent.
            query = parse_qsl(request.url.query.decode("ascii"), keep_blank_values=True)
            path, _, _ = request.url.raw_path.decode("ascii").partition("?")
            now = time.time()
            timestamp = str(int(now * 1000) if signing.clock == "ms" else int(now))
            nonce = secrets.token_hex(16)
            signed = headers_of(signing, self._login.secret, asked.method, path, query, content, timestamp, nonce)
            request.headers.update(signed)
        return request

    def _whole(self, response: httpx.Response, limit: int) -> bytes:
        """Receive and unpack a body; httpx unpacks at most 64 KiB at a time."""
        if response.headers.get("Content-Encoding", "").strip().lower() not in _ENCODINGS:
            raise TransportError("对方用了不认识的压缩方式", "请对方改用 gzip,或不压缩")
        content = bytearray()
        try:
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > limit:
                    raise TransportError(
                        f"对方的一页超过 {limit // 1024**2} MiB(解压后)", "请减小设置里的 per_page,或请对方检查接口"
                    )
                self.check_time()
        except httpx.DecodingError:
            raise TransportError("对方的压缩内容无法解开", "请对方检查接口,稍后会自动再试", True) from None
        return bytes(content)


@contextmanager
def connected(verify: ssl.SSLContext, login: Login) -> Iterator[Client]:
    """Yield a client; it takes no proxy, certificate or login from the environment."""
    # Their records have addresses with parameters, and headers.
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    timeout = httpx.Timeout(SILENT_SECONDS, connect=CONNECT_SECONDS)
    headers = {"User-Agent": "shouwang"}
    with httpx.Client(verify=verify, timeout=timeout, headers=headers, follow_redirects=False, trust_env=False) as http:
        yield Client(http, login)


def _require_success(response: httpx.Response) -> None:
    status = response.status_code
    if status in BUSY:
        raise BusyError(status, _retry_after(response.headers.get("Retry-After", "")))
    if status not in (200, 206):
        raise StatusError(status)


def _redirected(asked: Asked, response: httpx.Response) -> Asked:
    location = response.headers.get("Location")
    if not location or (asked.method == "POST" and response.status_code < 307):
        raise StatusError(response.status_code)
    return asked.at(location)


def _retry_after(text: str) -> float | None:
    """Read the header Retry-After: seconds, or a date (RFC 9110, 10.2.3)."""
    if text.isdecimal():
        return float(text[:9])
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, ((at if at.tzinfo else at.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds())


def _may_help(error: BaseException) -> bool:
    if isinstance(error, BusyError):
        return (error.seconds or 0.0) <= PATIENCE_SECONDS
    return is_hiccup(error)


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked_for = getattr(error, "seconds", None) or 0.0
    spread = wait_exponential(_FIRST_WAIT, _LONGEST_WAIT) + wait_random(0, _FIRST_WAIT)
    return max(asked_for, spread(state))
