"""Define what a database server does in its own way, and how to connect to it through SQLAlchemy's dialects.

Belongs here: the shape that every server fills. Does not belong here: one server's own ways (its module).

SQLAlchemy chooses the driver and its arguments; what it would ask a server on the first connection is left out, because
relatives of PostgreSQL answer otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import pyarrow as pa

from sources.landing.transport.sql.query import Query, checked
from sources.landing.transport.trouble import CERTIFICATE, LOGIN, TransportError

SHANGHAI = "Asia/Shanghai"
"""Days of times with a time zone are those of China, whatever the server's time zone."""
TIMES, TIMES_WITH_ZONE = pa.timestamp("us"), pa.timestamp("us", SHANGHAI)
Values = Mapping[str, str | date]
"""Values of a query's parameters."""
MAX_PRECISION = 38
"""Digits of the largest decimals that Arrow, Parquet and polars share."""


class Trouble(NamedTuple):
    """What an error of a driver means, in the words of a TransportError."""

    cause: str
    todo: str
    is_passing: bool = False


NO_TABLE = Trouble("对方数据库里没有查询用到的表或视图", "请核对设置里的查询,或请对方确认")
NO_COLUMN = Trouble("对方的表或视图里没有查询用到的列", "请核对设置里的查询,或请对方确认")
NO_RIGHT = Trouble("该账号没有读取查询所用的表或视图的权限", "请对方授予该账号读取权限")
NO_LOGIN = Trouble("对方数据库拒绝登录", LOGIN)
NO_DATABASE = Trouble("对方服务器上没有设置里写的数据库", "请核对设置里的地址")
BAD_QUERY = Trouble("对方数据库无法执行设置里的查询", "请技术人员在对方数据库里试运行这条查询并更正")
NO_TLS = Trouble("对方数据库没有启用加密连接", "请对方启用 TLS;确需不加密时在设置里写 plain = true")
NO_TRUST = Trouble("对方的证书不受信任、已过期或与域名不符", CERTIFICATE)
TOO_SLOW = Trouble("对方数据库没有按时给出结果", "稍后会自动再试;查询本来就慢时,在设置里调大 silent_seconds", True)
BROKEN = Trouble("与对方数据库的连接中途断开", "稍后会自动再试", True)
FULL = Trouble("对方数据库的连接数已满", "稍后会自动再试", True)


@dataclass(frozen=True)
class SourceColumn:
    """A column of a result, as the server describes it before any row."""

    name: str
    source_type: str
    """The type in the server's words."""
    type: pa.DataType | None
    """The type that the original has; None for decimals without announced places."""
    read: Callable[[Sequence[Any]], pa.Array] | None = None
    """How values that the driver gives become an array, if not as they are."""


@dataclass(frozen=True)
class Access:
    """What connecting needs to know."""

    host: str
    port: int | None
    database: str
    user: str | None
    password: str | None
    ca_file: Path | None
    is_plain: bool
    """Whether an unencrypted connection will do."""
    connect_seconds: float
    silent_seconds: float

    def __repr__(self) -> str:
        """Show no secret."""
        return f"Access({self.host!r})"


class Server:
    """One kind of database server; a subclass fills what differs."""

    driver: ClassVar[str]
    """Dialect and driver, as SQLAlchemy calls them."""
    dialect: ClassVar[str]
    """Dialect of sqlglot."""
    snapshot: str = ""
    """Which rows a pull sees, in the server's words."""
    style: ClassVar[str] = "pyformat"
    can_verify: ClassVar[bool] = True
    """Whether the driver can compare a certificate with a given authority."""

    def __init__(self, access: Access) -> None:
        self.access = access

    def connect(self) -> Any:
        """Connect and log in. Raises what the driver raises."""
        from sqlalchemy import URL
        from sqlalchemy.exc import NoSuchModuleError

        access = self.access
        url = URL.create(self.driver, access.user, access.password, access.host, access.port, access.database or None)
        try:
            kind: Any = url.get_dialect()
        except NoSuchModuleError:
            raise ModuleNotFoundError(name=self.driver) from None
        dialect = kind(dbapi=kind.import_dbapi())
        args, options = dialect.create_connect_args(url)
        return dialect.connect(*args, **{**options, **self.options()})

    def quoted(self, name: str) -> str:
        """Quote a name of one to three parts, separated by points, where the server needs it."""
        from sqlalchemy import URL

        quote = URL.create(self.driver).get_dialect()().identifier_preparer.quote
        return ".".join(quote(part) for part in name.split("."))

    def options(self) -> dict[str, Any]:
        """Return the driver's arguments besides address and account: TLS and time-outs."""
        raise NotImplementedError

    def begin(self, connection: Any) -> None:
        """Begin one read-only snapshot for all queries."""
        raise NotImplementedError

    def mark(self, connection: Any) -> None:
        """Mark the snapshot before a query, for ``outlives``."""

    def outlives(self, connection: Any) -> bool:
        """Return whether the snapshot is as it was before a query that failed, so that others may follow."""
        return False

    def version(self, connection: Any) -> str:
        """Return the server's version in its own words."""
        raise NotImplementedError

    def cursor(self, connection: Any) -> Any:
        """Open a cursor whose rows stay at the server until they are fetched."""
        return connection.cursor()

    def stream(self, connection: Any, query: Query, values: Values) -> Any:
        """Run a query; return its cursor."""
        cursor = self.cursor(connection)
        self.run(cursor, query, values)
        return cursor

    def run(self, cursor: Any, query: Query, values: Values) -> None:
        """Run a query; without arguments, the driver looks for no signs of them."""
        sql, arguments = query.sql(self.style), query.arguments(self.style, values)
        cursor.execute(sql) if arguments is None else cursor.execute(sql, arguments)

    def fetch(self, connection: Any, cursor: Any, count: int) -> Sequence[tuple[Any, ...]]:
        """Fetch up to ``count`` further rows; none at the end."""
        return list(cursor.fetchmany(count))

    def columns(self, connection: Any, cursor: Any) -> list[SourceColumn]:
        """Describe the result of a cursor. Raises TransportError for a column that cannot be taken."""
        raise NotImplementedError

    def first(self, connection: Any, query: Query, values: Values) -> tuple[Any, ...] | None:
        """Return the first row of a small query."""
        with closing(connection.cursor()) as cursor:
            self.run(cursor, query, values)
            row = cursor.fetchone()
        return None if row is None else tuple(row)

    def counting(self, query: Query) -> Query:
        """Write the query that counts the rows of another one."""
        return checked(f"select count(*) from (\n{query.text}\n) q", self.dialect)  # noqa: S608 - a checked query

    def limited(self, query: Query) -> Query:
        """Write the query that gives one row of another one."""
        return checked(f"select * from (\n{query.text}\n) q limit 1", self.dialect)  # noqa: S608 - a checked query

    def day(self, column: str) -> str:
        """Write the day of a column that is a date or a time."""
        return f"cast({column} as date)"

    def close(self, connection: Any) -> None:
        """Leave; what was not fetched stays where it is."""
        connection.close()

    def explain(self, error: BaseException) -> TransportError | None:
        """Explain an error of the driver."""
        trouble = self.trouble(error)
        return None if trouble is None else TransportError(*trouble)

    def trouble(self, error: BaseException) -> Trouble | None:
        """Say what an error of the driver means."""
        raise NotImplementedError


def refused(name: str, source_type: str) -> TransportError:
    """Say that a column is of a type that no original keeps."""
    return TransportError(
        f"查询结果的列“{name}”的类型 {source_type} 不能收取", "请在查询里去掉这一列,或用 cast 转成文字、数字或日期"
    )


def decimals(precision: int | None, scale: int | None) -> pa.DataType | None:
    """Return the type of decimals with announced places; None if Arrow has none, or nothing is announced."""
    if precision and scale is not None and 0 <= scale <= precision <= MAX_PRECISION:
        return pa.decimal128(precision, scale)
    return None


def causes(error: BaseException | None) -> list[BaseException]:
    """List an error and what it was raised from."""
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = getattr(error, "original_exception", None) or error.__cause__ or error.__context__
    return found
