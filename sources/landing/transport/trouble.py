"""Say why a location could not be used, and what to do, without a secret, a path or a name."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class TransportError(Exception):
    """A location cannot be used, or offers what cannot be taken.

    ``cause`` and ``todo`` are Chinese, without secrets, identities and quoted names. ``is_passing`` says that trying
    again may help.
    """

    def __init__(self, cause: str, todo: str, is_passing: bool = False) -> None:
        """Keep the cause and the remedy."""
        super().__init__(f"{cause};{todo}")
        self.cause, self.todo, self.is_passing = cause, todo, is_passing


class OneFileError(TransportError):
    """One file cannot be had, or is not what the location announced of it; the others of the location may be."""


@contextmanager
def of_one_file() -> Iterator[None]:
    """Say of an error that it is one file's, unless it may pass, as that of a connection."""
    try:
        yield
    except TransportError as error:
        if error.is_passing or isinstance(error, OneFileError):
            raise
        raise OneFileError(error.cause, error.todo) from None


@contextmanager
def of_one_table(outlives: Callable[[TransportError], bool]) -> Iterator[None]:
    """Say of an error that it is one table's, if the connection ``outlives`` it: the others are asked all the same."""
    try:
        yield
    except TransportError as error:
        if not outlives(error):
            raise
        raise OneFileError(error.cause, error.todo, error.is_passing) from None


NETWORK = "请检查网络和对方服务器,稍后会自动再试"
LOGIN = "请核对设置里的账号,以及密码或密钥文件"
CERTIFICATE = "请向对方核实证书;若是自建证书,在设置的 ca_file 中写明其根证书文件"
NOT_WRITTEN = "对方没有收下文件(没有写入权限,或空间、配额已满)"
MAKE_ROOM = "请对方检查该账号的写入权限和剩余空间"
Explain = Callable[[BaseException], TransportError | None]
"""Function that explains an error of a kind's library; None if it knows none."""


@contextmanager
def explained(explain: Explain) -> Iterator[None]:
    """Turn the errors of a transport into TransportError; ``explain`` is asked first, for what its library raises.

    The text of an error is never quoted: a library may put a password or a file name into it.
    """
    try:
        yield
    except (TransportError, MemoryError):
        raise
    except _OwnDiskError as error:
        raise error.own from None
    except Exception as error:
        raise explain(error) or usual(error) from None


class _OwnDiskError(Exception):
    """Our own disk failed while a transport was at work."""

    def __init__(self, own: OSError) -> None:
        self.own = own


@contextmanager
def own_disk() -> Iterator[None]:
    """Keep an error of our own disk, such as a full one, from passing for one of the other side's."""
    try:
        yield
    except OSError as error:
        raise _OwnDiskError(error) from error


@contextmanager
def writing() -> Iterator[None]:
    """Say of an error that it was a file put there which the other side refused; not of a connection's."""
    try:
        yield
    except (ConnectionError, TimeoutError):
        raise
    except OSError:
        raise TransportError(NOT_WRITTEN, MAKE_ROOM) from None


def network_cause(error: BaseException) -> TransportError | None:
    """Explain the error of the network or of TLS from which a library made its own; None if there is none."""
    cause = error.__cause__ or error.__context__
    if cause is None:
        return None
    return usual(cause) if isinstance(cause, _OF_NETWORK) else network_cause(cause)


_OF_NETWORK = (ssl.SSLError, socket.gaierror, ConnectionError, TimeoutError)


def usual(error: BaseException) -> TransportError:
    """Explain what every network client may raise."""
    match error:
        case ssl.SSLCertVerificationError():
            return TransportError("对方的证书不受信任、已过期或与域名不符", CERTIFICATE)
        case ssl.SSLError():
            return TransportError("加密连接无法建立", CERTIFICATE)
        case socket.gaierror():
            return TransportError("找不到对方的服务器(域名无法解析)", "请核对设置里的地址和本机的域名设置", True)
        case ConnectionRefusedError():
            return TransportError("对方服务器拒绝连接(服务可能没有启动)", NETWORK, True)
        case TimeoutError():
            return TransportError("对方服务器没有按时回应", NETWORK, True)
        case ConnectionError() | EOFError():
            return TransportError("连接中途断开", NETWORK, True)
        case ModuleNotFoundError():
            return TransportError(f"本机没有安装需要的程序包 {error.name}", "请由技术人员安装后再试")
        case PermissionError():
            return TransportError("没有读取的权限", "请对方授予该账号读取权限")
        case FileNotFoundError() | NotADirectoryError():
            return TransportError("对方没有设置里写的文件夹或文件", "请核对设置里的路径")
        case OSError():
            return TransportError("读写时出错", NETWORK, True)
    return TransportError(f"对方的回应无法理解({type(error).__name__})", "请联系技术人员")
