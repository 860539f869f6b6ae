"""Guard Dagster's web server: let a request pass only from its own pages, with a login.

Belongs here: the rules, as an ASGI middleware, and the login. Does not belong here: starting servers (``web``).

A request passes if all of these hold:

- Its host is a name of this server. A page of another site whose name resolves to this machine has another one.
- Its origin is this server. A request without an origin is a program's, and must bring the token itself.
- It has logged in. The token is exchanged for a cookie, because the pages of Dagster cannot send it.
- It writes by POST of JSON to ``/graphql`` only. So a link, a picture or a form of another page cannot write.

A browser sends the cookie of 127.0.0.1 to every port of this machine, also to one that another account has opened.
Therefore a cookie is valid only for the account, or the address, that logged in.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from orchestration.commands.ui.peer import peer

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")
LOGIN, GRAPHQL = "/login", "/graphql"
LONGEST_FORM = 4096
"""Bytes of a login; more are not read."""
HEADERS = {
    # Neither frame the pages nor load their data from another page of this machine, which sends the cookie as well.
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}

OTHER_NAME = "拒绝:地址中的主机名不是本界面的名称。请改用 127.0.0.1 或 localhost,或由管理员在设置 ui_names 中加入。"
OTHER_PAGE = "拒绝:请求来自其他网页。"
NO_LOGIN = "拒绝:没有登录。请用浏览器打开启动时打印的地址;程序请在请求头 Authorization 中写 Bearer 和口令。"
NO_WRITING = "拒绝:只接受 GET 请求,以及向 /graphql 发送的 POST 请求(内容类型 application/json)。"
LOGIN_PAGE = """<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><title>守望 登录</title>
<style>body{{font-family:sans-serif;max-width:30em;margin:6em auto;line-height:1.8}}input,button{{font:inherit}}</style>
<h1>守望</h1>
<p>{error}请输入口令:启动时终端打印的地址中 token= 之后的部分;设有固定口令的,请向管理员索取。</p>
<form method="post" action="/login">
<label>口令 <input type="password" name="token" autocomplete="current-password" autofocus required></label>
<button>登录</button>
</form>
</html>
"""


class Guard:
    """An ASGI middleware that passes requests by the rules above; ``token`` is the login, ``port`` the server's."""

    def __init__(self, app: ASGIApp, token: str, port: int, names: Iterable[str] = ()) -> None:
        self._app = app
        self._token = token
        self._hosts = {host for name in (*LOOPBACK_NAMES, *names) for host in (name.lower(), f"{name.lower()}:{port}")}
        # Cookies of one host are shared by its ports.
        self._cookie = f"shouwang-{port}"
        self._key = secrets.token_bytes(32)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that must not pass; hand the others to Dagster."""
        answer: ASGIApp | None = None
        if scope["type"] == "websocket":
            connection = HTTPConnection(scope)
            if self._foreign(connection) or not self._is_logged_in(connection):
                answer = WebSocketClose(code=1008)
        elif scope["type"] == "http":
            answer = await self._answer(Request(scope, receive))
        await (answer or self._app)(scope, receive, _hardened(send))

    async def _answer(self, request: Request) -> Response | None:
        if foreign := self._foreign(request):
            return PlainTextResponse(foreign, 403)
        path = request.scope["path"]
        if (request.method, path) == ("POST", LOGIN):
            return self._log_in(request, await _typed(request))
        if request.method == "GET" and path == "/" and "token" in request.query_params:
            return self._log_in(request, request.query_params["token"])
        if not self._is_logged_in(request):
            return _login_page() if _is_page(request) else PlainTextResponse(NO_LOGIN, 401)
        return None if _may_pass(request) else PlainTextResponse(NO_WRITING, 405)

    def _foreign(self, connection: HTTPConnection) -> str | None:
        """Say why a request is not one of this server's own pages or of a program."""
        hosts, origins = (connection.headers.getlist(name) for name in ("host", "origin"))
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return OTHER_NAME
        if origins and origins not in ([f"http://{hosts[0]}"], [f"https://{hosts[0]}"]):
            return OTHER_PAGE
        return None

    def _is_logged_in(self, connection: HTTPConnection) -> bool:
        if _same(connection.headers.get("authorization", ""), f"Bearer {self._token}"):
            return True
        reads = connection.scope.get("method") in ("GET", "HEAD")
        if not reads and "origin" not in connection.headers:
            return False
        session = self._session(connection)
        return session is not None and _same(connection.cookies.get(self._cookie, ""), session)

    def _session(self, connection: HTTPConnection) -> str | None:
        """Compute the cookie of a logged-in peer; None if the peer is unknown."""
        other = peer(connection.scope)
        return other and hmac.new(self._key, other.encode(), hashlib.sha256).hexdigest()

    def _log_in(self, request: Request, token: str) -> Response:
        """Exchange the token for the cookie, on the way to the first page."""
        session = self._session(request)
        if session is None or not _same(token, self._token):
            return _login_page("口令不对。")
        response = RedirectResponse("/", 303)
        secure = request.headers.get("origin", "").startswith("https:")
        response.set_cookie(self._cookie, session, httponly=True, samesite="strict", secure=secure)
        return response


def _same(given: str, expected: str) -> bool:
    return secrets.compare_digest(given.encode(), expected.encode())


async def _typed(request: Request) -> str:
    """Read the token of the login form; Starlette's own reader of forms needs one more package."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_FORM:
            return ""
    return parse_qs(body.decode(errors="replace")).get("token", [""])[0]


def _is_page(request: Request) -> bool:
    return request.method == "GET" and "text/html" in request.headers.get("accept", "")


def _login_page(error: str = "") -> Response:
    headers = {
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
        "Cache-Control": "no-store",
    }
    return HTMLResponse(LOGIN_PAGE.format(error=error), 401, headers)


def _may_pass(request: Request) -> bool:
    """Check the method: Dagster also executes mutations of a GET, and of a POST of any type."""
    if request.scope["path"] != GRAPHQL:
        return request.method in ("GET", "HEAD")
    content = request.headers.get("content-type", "").partition(";")[0].strip()
    return request.method == "POST" and content == "application/json"


def _hardened(send: Send) -> Send:
    async def harden(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(HEADERS)
        await send(message)

    return harden
