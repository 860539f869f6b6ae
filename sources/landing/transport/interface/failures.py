"""Say what a failed request means, by its status or the error of httpx; never by the text of either.

Belongs here: words for statuses and errors. Does not belong here: trying again (``client``).
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator

import httpx

from sources.landing.transport.trouble import CERTIFICATE, LOGIN, NETWORK, TransportError

BUSY = (429, 502, 503, 504)
GONE = (404, 410)
_NO_LOGIN = (401, 407)
_EXPIRED, _WRONG_HOST = 10, (62, 64)
"""Codes of OpenSSL, X509_V_ERR_…: X.509 certificates (x509_vfy.h)."""


class BusyError(TransportError):
    """The server asks for patience; ``seconds`` is what it asks for."""

    def __init__(self, status: int, seconds: float | None) -> None:
        """Keep how long the server wants to be left alone."""
        super().__init__(f"对方服务器繁忙或暂停服务({status})", NETWORK, True)
        self.seconds = seconds


class StatusError(TransportError):
    """The server answered with a status that is no success."""

    def __init__(self, status: int) -> None:
        """Explain the status."""
        cause, todo = _words(status)
        super().__init__(cause, todo, status >= 500)
        self.status = status


def is_of_one_table(error: TransportError) -> bool:
    """Return whether the server answered, and not to all tables alike, as if it is busy or refuses the login."""
    return not isinstance(error, BusyError) and not (isinstance(error, StatusError) and error.status in _NO_LOGIN)


def _words(status: int) -> tuple[str, str]:
    match status:
        case 204:
            return "对方的回应没有内容(204)", "请向对方询问数据是否已备好"
        case _ if status in _NO_LOGIN:
            return f"对方拒绝登录({status})", f"{LOGIN},以及签名和本机时间"
        case 403:
            return "对方不准该账号读取(403)", "请对方授权该账号或本机地址"
        case 404 | 410:
            return f"对方没有这个地址({status})", "请核对设置里的地址和月份写法,或向对方询问数据是否已备好"
        case 405:
            return "对方不接受这种请求方法(405)", "请核对设置里的 method"
        case _ if status >= 500:
            return f"对方服务器出错({status})", NETWORK
        case _ if 300 <= status < 400:
            return f"对方要求转到别处({status}),没有跟随", "请核对设置里的 url"
    return f"对方不接受这个请求({status})", "请核对设置里的地址和参数"


def explain(error: BaseException) -> TransportError | None:
    """Explain an error of httpx; None if it is none."""
    for cause in _chain(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _certificate(cause)
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLEOFError):
            return _encryption(cause)
    if isinstance(error, httpx.TimeoutException):
        return TransportError("对方服务器没有按时回应", NETWORK, True)
    if isinstance(error, httpx.RemoteProtocolError):
        return TransportError("传输中断,收到的内容比对方说的短,或不合 HTTP 的规定", NETWORK, True)
    if isinstance(error, httpx.UnsupportedProtocol | httpx.InvalidURL | httpx.LocalProtocolError):
        return TransportError("请求无法发出,地址或请求头里有不能发送的字符", "请核对设置里的地址,以及令牌文件的内容")
    if isinstance(error, httpx.TransportError):
        system = next((c for c in _chain(error) if isinstance(c, OSError)), None)
        return _of_system(system)
    return None


def is_hiccup(error: BaseException) -> bool:
    """Check whether the same request may succeed at once: the connection broke, and nobody was refused."""
    broken = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)
    is_refused = any(isinstance(c, ssl.SSLError) and not isinstance(c, ssl.SSLEOFError) for c in _chain(error))
    return isinstance(error, broken) and not is_refused


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what led to it; httpx and httpcore wrap those of the system."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _certificate(error: ssl.SSLCertVerificationError) -> TransportError:
    code = getattr(error, "verify_code", 0)
    if code == _EXPIRED:
        return TransportError("对方的证书已过期", "请对方更换证书;也请核对本机的日期")
    if code in _WRONG_HOST:
        return TransportError("对方的证书不是这台服务器的(域名不符)", "请核对设置里的地址,或请对方更换证书")
    return TransportError("对方的证书不受信任", CERTIFICATE)


def _encryption(error: ssl.SSLError) -> TransportError:
    if "CERTIFICATE" in (error.reason or "") or "HANDSHAKE_FAILURE" in (error.reason or ""):
        return TransportError(
            "对方要求客户端证书,或不接受设置里的证书", "请核对 cert_file 和 key_file,或向对方申请证书"
        )
    return TransportError("加密连接无法建立", CERTIFICATE)


def _of_system(error: OSError | None) -> TransportError:
    import socket

    if isinstance(error, socket.gaierror):
        return TransportError("找不到对方的服务器(域名无法解析)", "请核对设置里的地址和本机的域名设置", True)
    if isinstance(error, ConnectionRefusedError):
        return TransportError("对方服务器拒绝连接(服务可能没有启动)", NETWORK, True)
    return TransportError("连接不上对方服务器,或连接中途断开", NETWORK, True)
