"""Take the rows of queries or views out of a department's database.

Belongs here: the settings of a database. Does not belong here: running queries (``sql``).
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from sources.landing.transport.database_server import DatabaseServer
from sources.landing.transport.source import Source
from sources.landing.transport.sql.query import PARAMETERS, Query, checked
from sources.landing.transport.trouble import TransportError, explained

if TYPE_CHECKING:
    from sources.landing.transport.sql.server import Server
    from sources.landing.transport.sql.source import View

_SERVERS: Mapping[str, tuple[str, str]] = {
    "postgresql": ("postgres", "Postgres"),
    "kingbase": ("postgres", "Kingbase"),
    "mysql": ("mysql", "Mysql"),
    "mariadb": ("mysql", "Mysql"),
    "mssql": ("sqlserver", "SqlServer"),
    "oracle": ("oracle", "Oracle"),
    "dm": ("dm", "Dm"),
}
"""Module and class by scheme: commands that answer at once read the settings, and Arrow takes a fifth of a second."""
_WAITS = (1.0, 3.0)
"""Seconds before connecting again after a failure that may pass."""
_MONTHS = "、".join(f":{name}" for name in PARAMETERS)


class DatabaseLocation(DatabaseServer):
    """A database, from which queries take a department's tables, or a query or view takes one table."""

    schemes = tuple(_SERVERS)
    label = "数据库"
    example = """\
# 数据库:postgresql、kingbase、mysql、mariadb、mssql、oracle 或 dm。账号只需要读取权限。
url = "postgresql://db.example.gov.cn:5432/minzheng"
user = "shouwang"
password_file = "/etc/shouwang/minzheng.password"
# 视图的列名与报送表的表头相同;month_column 是表示月份的列。也可改写 query,其中用月份参数。
view = "exchange.dibao"
month_column = "统计月份"
"""

    queries: dict[str, str] = Field(default_factory=dict)
    """The query of each table, for a department."""
    query: str | None = None
    """The query of the table."""
    view: str | None = None
    """The view or table whose columns are those of the table; with its schema, if it has one."""
    month_column: str | None = None
    """The view's column that tells the month: a date or time, ``2021-06`` or ``202106``."""
    snapshot: bool = False
    """Whether the database keeps its newest state only, so that no query needs a month."""
    changed_query: str | None = None
    """A query whose result changes if any row may have; without it, rows are fetched to be compared."""
    count: bool = True
    """Whether the server counts the rows of each query, to compare."""

    @model_validator(mode="after")
    def _readable(self) -> DatabaseLocation:
        if sum(map(bool, (self.queries, self.query, self.view))) != 1:
            raise ValueError("queries(部门)、query 和 view(一张表)要写且只写一个")
        if self.month_column is not None and self.view is None:
            raise ValueError("month_column 只与 view 一起写")
        if self.ca_file and not self._kind.can_verify:
            raise ValueError("这种数据库的驱动程序不能校验证书,不能写 ca_file")
        for name in (self.view, self.month_column):
            if name is not None and not all(part.strip() for part in name.split(".")):
                raise ValueError("view 应写成 模式名.视图名,month_column 应为列名")
        self._require_months()
        return self

    def _require_months(self) -> None:
        """Check every query, and that either all of them have a month or none has."""
        for key, text in self._texts().items():
            try:
                query = checked(text, self._kind.dialect)
            except ValueError as error:
                raise ValueError(f"{key}:{error}") from None
            if key != "changed_query" and query.has_month == self.snapshot:
                raise ValueError(
                    f"{key}:查询里要有月份参数({_MONTHS});只保留最新状态的来源则写 snapshot = true,且不写参数"
                )
        if self.view is not None and (self.month_column is not None) == self.snapshot:
            raise ValueError("view 要有 month_column;只保留最新状态的视图则写 snapshot = true,且不写 month_column")

    def _texts(self) -> dict[str, str]:
        own = {"query": self.query, "changed_query": self.changed_query}
        return {f"queries.{table}": text for table, text in self.queries.items()} | {
            key: text for key, text in own.items() if text is not None
        }

    @property
    def keeps_months(self) -> bool:
        """Whether the queries tell one month from another."""
        return not self.snapshot

    @property
    def _kind(self) -> type[Server]:
        module, name = _SERVERS[urlsplit(self.url).scheme]
        kind: type[Server] = getattr(import_module(f"{__package__}.sql.{module}"), name)
        return kind

    @contextmanager
    def open(self, tables: Sequence[str]) -> Iterator[Source]:
        """Connect and begin a snapshot, which all queries share. Raises TransportError."""
        from sources.landing.transport.sql.source import DatabaseSource

        queries = self._by_table(tables)
        changed = checked(self.changed_query, self._kind.dialect) if self.changed_query else None
        server = self._kind(self.access())
        connection = connected(server)
        try:
            with explained(server.explain):
                server.begin(connection)
            yield DatabaseSource(connection, server, queries, changed, self.count)
        finally:
            server.close(connection)

    def _by_table(self, tables: Sequence[str]) -> dict[str, Query | View]:
        from sources.landing.transport.sql.source import View

        if self.queries:
            if unknown := sorted(set(self.queries) - set(tables)):
                raise TransportError(
                    f"设置 queries 里的 {'、'.join(unknown)} 不是这里的数据表", f"请更正;可用:{'、'.join(tables)}"
                )
            return {table: checked(text, self._kind.dialect) for table, text in self.queries.items()}
        if len(tables) != 1:
            raise TransportError("query 和 view 只用于一张表的位置", "请在设置里写“部门/数据表”,或改用 queries")
        if self.query:
            return {tables[0]: checked(self.query, self._kind.dialect)}
        return {tables[0]: View(self.view or "", self.month_column)}


def connected(server: Server) -> Any:
    """Connect and log in, again after a failure that may pass. Raises TransportError."""
    for wait in _WAITS:
        try:
            with explained(server.explain):
                return server.connect()
        except TransportError as error:
            if not error.is_passing:
                raise
        time.sleep(wait)
    with explained(server.explain):
        return server.connect()
