"""Say where Dagster keeps its records if not in the data home: a database of PostgreSQL.

Belongs here: the settings of ``[dagster_database]``, connecting without Dagster, what a failure means in Chinese.
Does not belong here: Dagster's storages (``postgres_storage``), what is asked (``run_records``).
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from orchestration.runtime.errors import ShouwangError
from sources.landing.transport.location import below_home, is_loopback, secret_of
from sources.landing.transport.trouble import TransportError

SOCKETS = "/var/run/postgresql"
"""Folder of the server's socket on this machine, which a database without a host is reached by."""
CONNECT_SECONDS = 5
_WAITS = (0.2, 1.0, 3.0)
"""Seconds before connecting again: a server that restarts answers after some seconds."""
_PASSING = ("refused", "starting up", "shutting down", "too many", "no such file", "terminating", "timeout")
_WORDS = {
    "password authentication failed|peer authentication failed|role .* does not exist|no password supplied": (
        "数据库拒绝登录,请核对 user 和密码文件"
    ),
    "database .* does not exist": "服务器上没有这个数据库,请先建立(createdb)",
    "pg_hba.conf": "数据库的访问规则(pg_hba.conf)不允许本机用该账号连接",
    "certificate": "服务器的证书不受信任、已过期或与主机名不符,请核对 ca_file",
    "does not support ssl": "服务器没有启用加密连接,请启用 TLS",
    "too many": "数据库的连接数已满",
    "starting up|shutting down|terminating": "数据库正在启动或停止,请稍后再试",
    "refused|no such file": "数据库没有启动,或地址不对",
    "could not translate|name or service": "找不到数据库服务器(域名无法解析)",
    "timeout|no route|unreachable": "数据库服务器没有回应,请检查网络",
    "permission denied": "该账号在数据库里没有权限",
    "no space left": "数据库所在的磁盘已满",
}
"""Chinese causes by the words of libpq, which has no codes for a connection that fails."""


class DagsterDatabaseError(ShouwangError):
    """The database of Dagster's records cannot be used; data and published versions are not affected."""


class DagsterDatabase(BaseModel):
    """A database of PostgreSQL that holds Dagster's records of one data home, and nothing else."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    url: str
    """``postgresql://host:port/database``, without a password; without a host, the socket of this machine."""
    user: str | None = None
    """Account that owns the database; None: that of the operating system."""
    password_file: Path | None = None
    """File with the password, which its owner alone may read; it is read at every connection."""
    password_env: str | None = None
    """Environment variable with the password."""
    ca_file: Path | None = None
    """Certificates of the authority that the server's certificate is verified with."""
    plain: bool = False
    """Whether a connection without encryption will do beyond this machine."""

    _below_home = field_validator("password_file", "ca_file")(below_home)

    @field_validator("url")
    @classmethod
    def _only_address(cls, url: str) -> str:
        parts = urlsplit(url)
        try:
            is_address = parts.scheme == "postgresql" and parts.port != 0 and len(parts.path) > 1
        except ValueError:
            is_address = False
        if parts.username is not None or parts.password is not None:
            raise ValueError("地址里不写账号和密码:账号写 user,密码写入只有本账号可读的文件,用 password_file 指明")
        if not is_address or parts.query or parts.fragment or "/" in parts.path[1:]:
            raise ValueError("应写成 postgresql://主机:端口/数据库;经本机的套接字连接则写 postgresql:///数据库")
        return url

    @model_validator(mode="after")
    def _one_password(self) -> Self:
        if self.password_file and self.password_env:
            raise ValueError("password_file 和 password_env 只写一个")
        return self

    @property
    def shown(self) -> str:
        """The database as people may read it."""
        parts = urlsplit(self.url)
        return f"PostgreSQL {parts.hostname or '本机'}{f':{parts.port}' if parts.port else ''}{parts.path}"

    @property
    def parameters(self) -> dict[str, str]:
        """What libpq is given, but for the password."""
        parts = urlsplit(self.url)
        host, port = parts.hostname, parts.port
        is_local = host is None or is_loopback(host)
        tls = {"sslmode": "prefer" if self.plain or is_local else "require"}
        if self.ca_file:
            tls = {"sslmode": "verify-full", "sslrootcert": str(self.ca_file)}
        named = {"host": host or SOCKETS, "port": str(port or 5432), "dbname": unquote(parts.path[1:])}
        # Dagster stores times without a zone and reads them as UTC: the zone of the server must not matter.
        options = {
            "options": "-c TimeZone=UTC",
            "application_name": "shouwang",
            "connect_timeout": f"{CONNECT_SECONDS}",
        }
        return named | ({"user": self.user} if self.user else {}) | tls | options

    def password(self) -> str | None:
        """Return the password; None if the settings name none. Raises DagsterDatabaseError if it cannot be had."""
        try:
            return secret_of(self.password_file, self.password_env)
        except TransportError as error:
            raise DagsterDatabaseError(f"{_SUBJECT}({self.shown})连不上:{error}。") from None

    def connect(self) -> Any:
        """Connect with psycopg2. Raises DagsterDatabaseError, which quotes nothing that the server said."""
        try:
            import psycopg2
        except ModuleNotFoundError:
            raise DagsterDatabaseError(
                f"{_SUBJECT}设在 {self.shown},但本机没有安装 dagster-postgres:请安装 shouwang[dagster-postgresql]。"
            ) from None
        password = self.password()
        secret = {} if password is None else {"password": password}
        waits: Iterator[float] = iter(_WAITS)
        while True:
            try:
                return psycopg2.connect(**self.parameters, **secret)
            except psycopg2.OperationalError as error:
                said = str(error).lower()
            if not any(words in said for words in _PASSING) or (wait := next(waits, None)) is None:
                raise DagsterDatabaseError(f"{_SUBJECT}({self.shown})连不上:{words_for(said)}。{_UNHARMED}")
            time.sleep(wait)

    def rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Execute a statement in a transaction of its own, and return its rows; none if it gives none.

        Raises DagsterDatabaseError.
        """
        connection = self.connect()
        from psycopg2 import Error

        try:
            with closing(connection), connection, connection.cursor() as cursor:
                cursor.execute(query, values or None)
                return list(cursor.fetchall()) if cursor.description else []
        except Error as error:
            raise DagsterDatabaseError(
                f"{_SUBJECT}({self.shown})读写失败:{words_for(str(error))}。{_UNHARMED}"
            ) from None

    def require(self) -> None:
        """Raise DagsterDatabaseError if the database cannot be used now."""
        self.connect().close()


_SUBJECT = "Dagster 的运行记录"
_UNHARMED = "数据和已发布的版本不受影响。"


def unanswered(database: DagsterDatabase) -> DagsterDatabaseError:
    """Say that a database that did answer does so no longer."""
    return DagsterDatabaseError(f"{_SUBJECT}({database.shown})连不上:数据库没有回应。{_UNHARMED}")


def words_for(said: str) -> str:
    """Say in Chinese what the words of libpq or of the server mean."""
    return next((chinese for pattern, chinese in _WORDS.items() if re.search(pattern, said.lower())), "数据库报错")
