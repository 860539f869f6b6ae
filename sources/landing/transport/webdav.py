"""Reach a WebDAV server with httpx: ``davs://server/folder``.

Belongs here: logging in, requests, what a failure means. Does not belong here: the answer's XML (``webdav_listing``).
"""

from __future__ import annotations

import io
import secrets
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal
from urllib.parse import quote, unquote, urlsplit

from pydantic import field_validator, model_validator

from sources.landing.transport.files import FileLocation
from sources.landing.transport.location import CONNECT_SECONDS, SILENT_SECONDS, WithPassword, below_home, require_tls
from sources.landing.transport.store import Entry, Store
from sources.landing.transport.trouble import (
    LOGIN,
    MAKE_ROOM,
    NETWORK,
    NOT_WRITTEN,
    TransportError,
    network_cause,
)
from sources.landing.transport.webdav_listing import WANTED, entries_of

if TYPE_CHECKING:
    from httpx import Client, Response

_CHUNK = 1 << 16


class WebdavLocation(WithPassword, FileLocation):
    """A folder on a WebDAV server."""

    schemes = ("davs", "webdavs", "dav", "webdav")
    label = "WebDAV"
    example = """\
# WebDAV 服务器(网盘),davs:// 即 https://。自建证书的用 ca_file 写明其根证书。
url = "davs://files.example.gov.cn/extracts"
user = "shouwang"
password_file = "/etc/shouwang/webdav.password"
pattern = "{month:%Y%m}/"
"""

    login: Literal["basic", "digest"] = "basic"
    ca_file: Path | None = None
    """Certificate of the authority to trust instead of those of the system."""
    plain: bool = False
    """Whether ``dav://``, which does not encrypt, may be used beyond this machine."""

    _ca_below_home = field_validator("ca_file")(below_home)

    @model_validator(mode="after")
    def _complete(self) -> WebdavLocation:
        require_tls(self.url, self.plain)
        if bool(self.user) != bool(self.password_file or self.password_env):
            raise ValueError("user(账号)与 password_file 或 password_env 要一起写")
        return self

    @contextmanager
    def connect(self) -> Iterator[Store]:
        """Prepare requests; the first one tells whether the login is accepted."""
        import httpx

        parts, password = urlsplit(self.url), self.password() or ""
        auth = httpx.DigestAuth if self.login == "digest" else httpx.BasicAuth
        scheme = "https" if parts.scheme.endswith("s") else "http"
        with httpx.Client(
            auth=auth(self.user, password) if self.user else None,
            verify=self._trusted(),
            timeout=httpx.Timeout(SILENT_SECONDS, connect=CONNECT_SECONDS),
            headers={"Accept-Encoding": "identity"},
            # Neither passwords of the user's home nor its proxies.
            trust_env=False,
        ) as client:
            host = parts.netloc.rpartition("@")[2]
            yield WebdavStore(client, f"{scheme}://{host}", unquote(parts.path).rstrip("/"))

    def _trusted(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self.ca_file)
        except (OSError, ssl.SSLError):
            raise TransportError("设置里的 ca_file 读不到,或不是证书", "请核对 ca_file,应为 PEM 格式的证书") from None

    def explain(self, error: BaseException) -> TransportError | None:
        """Explain the errors of httpx."""
        import httpx

        match error:
            case httpx.TimeoutException():
                return TransportError("对方服务器没有按时回应", NETWORK, True)
            case httpx.TransportError():
                return network_cause(error) or TransportError("连接中途断开", NETWORK, True)
        return None


class WebdavStore:
    """A folder of a WebDAV server."""

    def __init__(self, client: Client, server: str, root: str) -> None:
        self._client, self._server, self._root = client, server, root

    def entries(self, folder: str) -> Iterator[Entry]:
        """Yield the entries of a folder as they arrive."""
        path = self._at(folder) + "/"
        headers = {"Depth": "1", "Content-Type": "application/xml"}
        with self._client.stream("PROPFIND", self._url(path), headers=headers, content=WANTED) as answer:
            _require(answer, 207)
            yield from entries_of(answer.iter_raw(_CHUNK), path)

    @contextmanager
    def read(self, path: str) -> Iterator[BinaryIO]:
        """Open a file."""
        with self._client.stream("GET", self._url(self._at(path))) as answer:
            _require(answer, 200)
            if answer.headers.get("Content-Encoding", "identity") != "identity":
                raise TransportError("对方压缩了文件内容,虽然没有要求", "请对方关闭 WebDAV 的压缩")
            yield io.BufferedReader(_Body(answer.iter_raw(_CHUNK)), _CHUNK)

    def write(self, path: str, content: Path) -> None:
        """Put a file there under a temporary name, then give it its own; folders are made."""
        target = self._at(path)
        folder, _, name = target.rpartition("/")
        temporary = self._url(f"{folder}/.{name}.{secrets.token_hex(4)}.tmp")
        self._make(path.rpartition("/")[0])
        try:
            with content.open("rb") as source:
                size = {"Content-Length": str(content.stat().st_size)}
                self._write("PUT", temporary, headers=size, content=source)
            self._write("MOVE", temporary, headers={"Destination": self._url(target), "Overwrite": "T"})
        finally:
            with suppress(Exception):
                self._client.delete(temporary)

    def _make(self, folder: str) -> None:
        parts = folder.split("/") if folder else []
        for depth in range(len(parts)):
            # 405 says that it is there.
            self._write("MKCOL", self._url(self._at("/".join(parts[: depth + 1])) + "/"), (405,))

    def _write(self, method: str, url: str, fine: tuple[int, ...] = (), **request: Any) -> None:
        _require(self._client.request(method, url, **request), 200, 201, 204, *fine, is_writing=True)

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}" if path else self._root

    def _url(self, path: str) -> str:
        return self._server + quote(path.encode("utf-8", "surrogateescape"), safe="/")


def _require(answer: Response, *expected: int, is_writing: bool = False) -> None:
    """Raise TransportError or OSError unless the server answers as expected."""
    code = answer.status_code
    if code in expected:
        return
    if code == 401:
        raise TransportError("对方拒绝登录(账号或密码不对)", LOGIN)
    if (code >= 500 and code != 507) or code in (408, 423, 429):
        raise TransportError(f"对方服务器忙或出错(HTTP {code})", NETWORK, True)
    if is_writing:
        raise TransportError(NOT_WRITTEN, MAKE_ROOM)
    if code == 403:
        raise PermissionError
    if code in (404, 410):
        raise FileNotFoundError
    if 300 <= code < 400:
        raise TransportError("对方转到了另一个地址", "请向对方核实,再把设置里的 url 改成新的地址")
    raise TransportError(f"对方不是 WebDAV 服务(HTTP {code})", "请核对设置里的地址")


class _Body(io.RawIOBase):
    """The content of an answer as a file."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._rest = chunks, memoryview(b"")

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer as far as the next chunk goes."""
        if not self._rest:
            self._rest = memoryview(next(self._chunks, b""))
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size
