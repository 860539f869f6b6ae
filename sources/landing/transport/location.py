"""Define what the settings say about a location, whatever its kind.

Belongs here: the fields that every kind has, secrets by reference, the place as people may read it.
Does not belong here: the fields of one kind (its module).
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import ClassVar
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator

from sources.landing.transport.source import Source
from sources.landing.transport.trouble import LOGIN, TransportError

CONNECT_SECONDS = 15.0
"""How long connecting and logging in may take."""
SILENT_SECONDS = 60.0
"""How long a server may send nothing in the middle of an answer."""
_MAX_SECRET = 1 << 16
_IN_URL = "地址里不能写密码;请写入只有本账号可读的文件,用 password_file 指明,或用 password_env 指明环境变量"
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class Location(BaseModel):
    """Where a department, or one table, keeps its extracts; a subclass per kind."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
    schemes: ClassVar[tuple[str, ...]] = ()
    label: ClassVar[str] = ""
    """The kind as people call it."""
    example: ClassVar[str] = ""
    """Settings to start from, in TOML with Chinese comments: the lines below ``[locations.…]`` (``shouwang init``)."""

    url: str
    """Server and folder, database or address; without a password."""

    @field_validator("url")
    @classmethod
    def _plain_url(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.password is not None:
            raise ValueError(_IN_URL)
        try:
            _ = parts.port
        except ValueError:
            raise ValueError("地址里的端口应为 0 到 65535 的数字") from None
        if _CONTROL.search(url) or ".." in unquote(parts.path).split("/"):
            raise ValueError("地址里不能有控制字符,路径里不能有“..”")
        return url

    @property
    def shown(self) -> str:
        """The place as logs and people may read it: without account, parameters and secrets."""
        parts = urlsplit(self.url)
        host = (parts.hostname or "") + (f":{parts.port}" if parts.port else "")
        return f"{parts.scheme}://{host}{parts.path}" if parts.scheme else parts.path

    @property
    def keeps_months(self) -> bool:
        """Whether the place tells one month from another; if not, a pull takes a snapshot of its newest state."""
        raise NotImplementedError

    def open(self, tables: Sequence[str]) -> AbstractContextManager[Source]:
        """Connect, and offer what is there; ``tables`` are those of the department, or the one table.

        Raises TransportError.
        """
        raise NotImplementedError


def below_home(path: Path | None, info: ValidationInfo) -> Path | None:
    """Let relative paths of the settings start at the data home, which the context of the validation names."""
    home = (info.context or {}).get("home")
    return path and (Path(home) / path.expanduser() if home else path.expanduser())


def is_loopback(host: str) -> bool:
    """Check whether a host is this machine, as far as its name tells."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def require_tls(url: str, plain: bool) -> None:
    """Raise ValueError if a web address would carry passwords and identities in the open, unless that is wanted."""
    parts = urlsplit(url)
    if not parts.hostname:
        raise ValueError("地址里要有服务器")
    if parts.password is not None:
        raise ValueError(_IN_URL)
    if parts.scheme not in ("https", "davs", "webdavs") and not (plain or is_loopback(parts.hostname)):
        raise ValueError(f"{parts.scheme}:// 不加密;请用加密的地址,确需不加密时写 plain = true")


class WithPassword(Location):
    """A location with an account and a password, which is in a file or an environment variable."""

    user: str | None = None
    password_file: Path | None = None
    password_env: str | None = None

    _below_home = field_validator("password_file")(below_home)

    def password(self) -> str | None:
        """Return the password; None if the settings name none. Raises TransportError if it cannot be had."""
        return secret_of(self.password_file, self.password_env)


def secret_of(file: Path | None, variable: str | None) -> str | None:
    """Read a secret from a file that only its owner may read, or from an environment variable; None without either.

    Raises TransportError, which names the file or the variable.
    """
    if file is not None:
        try:
            if os.name != "nt" and file.stat().st_mode & 0o077:
                raise TransportError(f"密码文件 {file.name} 别人也能读", f"请执行 chmod 600 {file}")
            with file.open("rb") as source:
                return source.read(_MAX_SECRET).decode("utf-8-sig").strip("\r\n")
        except (OSError, UnicodeDecodeError):
            raise TransportError(f"密码文件 {file.name} 读不到", LOGIN) from None
    if variable is not None:
        if not (secret := os.environ.get(variable)):
            raise TransportError(f"环境变量 {variable} 没有设置", LOGIN)
        return secret
    return None
