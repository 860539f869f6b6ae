r"""Reach a share of Windows or Samba with smbclient: ``smb://server/share/folder``.

Belongs here: logging in, entries in SMB's words, what a failure means. Does not belong here: which files are new.

Messages are signed, and encrypted unless the settings say otherwise. Links and other reparse points that stand for
another path are left alone; those that a server follows by itself look like files here.
"""

from __future__ import annotations

import errno
import secrets
import shutil
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit

from pydantic import model_validator

from sources.landing.transport.files import FileLocation
from sources.landing.transport.location import CONNECT_SECONDS, SILENT_SECONDS, WithPassword
from sources.landing.transport.store import Entry, Store, local_time
from sources.landing.transport.trouble import LOGIN, NETWORK, TransportError, writing

_FOLDER, _REPARSE_POINT = 0x10, 0x400
_STANDS_FOR_ANOTHER = 0x20000000
"""The bit of a reparse tag that links and mount points have, and deduplicated files have not (MS-FSCC 2.1.2.1)."""
_REQUEST = 1 << 20


class SmbLocation(WithPassword, FileLocation):
    """A folder of a share."""

    schemes = ("smb",)
    label = "共享文件夹(SMB)"
    example = """\
# Windows 或 Samba 的共享文件夹。对方不支持 SMB 3 加密时写 encrypt = false。
url = "smb://files.example.gov.cn/extracts/health"
user = "shouwang"
password_file = "/etc/shouwang/share.password"
pattern = "{month:%Y%m}/"
"""

    encrypt: bool = True
    """Whether messages have to be encrypted; servers before SMB 3 cannot."""

    @model_validator(mode="after")
    def _complete(self) -> SmbLocation:
        if not (urlsplit(self.url).hostname and urlsplit(self.url).path.strip("/")):
            raise ValueError("url 应为 smb://服务器/共享名/文件夹")
        if not (self.user and (self.password_file or self.password_env)):
            raise ValueError("要写 user(账号,可写作 域\\账号),以及 password_file 或 password_env")
        return self

    @contextmanager
    def connect(self) -> Iterator[Store]:
        """Connect and log in, apart from other connections of this process."""
        from smbclient import reset_connection_cache

        password, parts = self.password(), urlsplit(self.url)
        host, port = parts.hostname or "", parts.port or 445
        cache: dict[str, Any] = {}
        try:
            cache[f"{host.lower()}:{port}"] = self._session(host, port, password)
            options = {"port": port, "username": self.user, "connection_cache": cache}
            yield SmbStore([host, *unquote(parts.path).strip("/").split("/")], options)
        finally:
            reset_connection_cache(fail_on_error=False, connection_cache=cache)

    def _session(self, host: str, port: int, password: str | None) -> Any:
        """Log in; return the connection, which waits for no answer longer than ``SILENT_SECONDS``."""
        from smbprotocol.connection import Connection
        from smbprotocol.session import Session

        connection: Any = Connection(uuid.uuid4(), host, port, require_signing=True)
        waiting = connection.receive

        def receive(
            request: Any, wait: bool = True, timeout: float | None = None, resolve_symlinks: bool = True
        ) -> Any:
            return waiting(request, wait, min(timeout or SILENT_SECONDS, SILENT_SECONDS), resolve_symlinks=False)

        connection.receive = receive
        try:
            connection.connect(timeout=CONNECT_SECONDS)
            Session(connection, self.user, password, require_encryption=self.encrypt).connect()
        except Exception as error:
            connection.disconnect(False)
            # It has the network's error as its cause only.
            raise error.__cause__ if isinstance(error.__cause__, OSError) else error from None
        return connection

    def explain(self, error: BaseException) -> TransportError | None:
        """Explain the errors of smbprotocol."""
        from smbprotocol import exceptions as smb

        match error:
            case smb.LogonFailure() | smb.SMBAuthenticationError() | smb.WrongPassword() | smb.PasswordExpired():
                return TransportError("对方拒绝登录(账号、密码不对或已过期)", LOGIN)
            case smb.AccessDenied():
                return TransportError("没有读取的权限", "请对方授予该账号读取权限")
            case smb.SMBUnsupportedFeature():
                return TransportError("对方不支持加密", "请对方启用 SMB 3;确需不加密时写 encrypt = false")
            case smb.SMBConnectionClosed():
                return TransportError("连接中途断开", NETWORK, True)
            case smb.SMBOSError():
                return None
            case smb.SMBException() if "timeout" in str(error):
                return TransportError("对方服务器没有按时回应", NETWORK, True)
            case smb.SMBException():
                return TransportError(f"共享服务出错({type(error).__name__})", NETWORK, True)
        return None


class SmbStore:
    """A folder of a share, by its parts."""

    def __init__(self, root: list[str], options: dict[str, Any]) -> None:
        self._root, self._options = "\\\\" + "\\".join(root), options

    def entries(self, folder: str) -> Iterator[Entry]:
        """Yield the entries of a folder as they arrive."""
        import smbclient

        with _usual_errors(), smbclient.scandir(self._at(folder), **self._options) as found:
            for each in found:
                yield _entry(each.smb_info)

    def read(self, path: str) -> AbstractContextManager[BinaryIO]:
        """Open a file without locking it."""
        import smbclient

        with _usual_errors():
            opened: AbstractContextManager[BinaryIO] = smbclient.open_file(
                self._at(path), "rb", buffering=_REQUEST, share_access="rwd", **self._options
            )
            return opened

    def write(self, path: str, content: Path) -> None:
        """Put a file there under a temporary name, then give it its own; folders are made."""
        import smbclient

        folder, _, name = self._at(path).rpartition("\\")
        temporary = f"{folder}\\.{name}.{secrets.token_hex(4)}.tmp"
        with writing(), _usual_errors():
            smbclient.makedirs(folder, exist_ok=True, **self._options)
            try:
                with content.open("rb") as source, smbclient.open_file(temporary, "wb", **self._options) as sink:
                    shutil.copyfileobj(source, sink, _REQUEST)
                smbclient.replace(temporary, self._at(path), **self._options)
            finally:
                with suppress(OSError):
                    smbclient.remove(temporary, **self._options)

    def _at(self, path: str) -> str:
        return "\\".join(part for part in (self._root, *path.split("/")) if part)


def _entry(found: Any) -> Entry:
    is_folder = bool(found.file_attributes & _FOLDER)
    # The field has the tag of a reparse point, if it is one (MS-FSCC 2.4.18).
    tag = found.ea_size if found.file_attributes & _REPARSE_POINT else 0
    return Entry(
        found.file_name,
        is_folder,
        None if is_folder else found.end_of_file,
        local_time(found.last_write_time),
        f"{found.file_id} {found.change_time.isoformat()}",
        is_link=bool(tag & _STANDS_FOR_ANOTHER),
    )


@contextmanager
def _usual_errors() -> Iterator[None]:
    """Raise an error of a path as Python's own class for it, which that of smbclient is not."""
    from smbprotocol.exceptions import SMBOSError

    try:
        yield
    except SMBOSError as error:
        raise OSError(error.errno or errno.EIO, "SMB") from None
