"""Define what the settings say about a database server: its address, the account, and how it proves who it is.

Belongs here: what reading from a server and writing to one share. Does not belong here: queries (``database``).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from pydantic import Field, field_validator, model_validator

from sources.landing.transport.location import CONNECT_SECONDS, SILENT_SECONDS, WithPassword, below_home, is_loopback
from sources.landing.transport.trouble import TransportError

if TYPE_CHECKING:
    from sources.landing.transport.sql.server import Access


class DatabaseServer(WithPassword):
    """A database on a server, with an account whose password is kept elsewhere."""

    ca_file: Path | None = None
    """Certificates of the authority that the server's certificate is verified with."""
    plain: bool = False
    """Whether a connection without encryption will do; on this machine it always will."""
    silent_seconds: float = Field(default=5 * SILENT_SECONDS, gt=0, le=86_400)
    """How long the server may compute before it sends further rows; views take longer than files."""

    _ca_below_home = field_validator("ca_file")(below_home)

    @field_validator("url")
    @classmethod
    def _only_address(cls, url: str) -> str:
        parts = urlsplit(url)
        try:
            has_host = bool(parts.hostname) and (parts.port is None or parts.port > 0)
        except ValueError:
            has_host = False
        if not has_host or parts.query or parts.fragment:
            raise ValueError("应写成 种类://主机:端口/数据库,不带 ? 和 #")
        return url

    @model_validator(mode="after")
    def _one_trust(self) -> DatabaseServer:
        if self.ca_file and self.plain:
            raise ValueError("ca_file 和 plain = true 不能同时写")
        return self

    def access(self, connect_seconds: float = CONNECT_SECONDS) -> Access:
        """Return what connecting needs to know, with the password. Raises TransportError if a file cannot be read."""
        from sources.landing.transport.sql.server import Access

        parts = urlsplit(self.url)
        host = parts.hostname or ""
        if self.ca_file and not self.ca_file.is_file():
            raise TransportError(f"证书文件 {self.ca_file.name} 读不到", "请核对设置里的 ca_file")
        return Access(
            host=host,
            port=parts.port,
            database=unquote(parts.path.strip("/")),
            user=self.user or (unquote(parts.username) if parts.username else None),
            password=self.password(),
            ca_file=self.ca_file,
            is_plain=self.plain or is_loopback(host),
            connect_seconds=connect_seconds,
            silent_seconds=self.silent_seconds,
        )
