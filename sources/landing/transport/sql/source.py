"""Offer the results of queries, all of one snapshot of a database.

Belongs here: listing, fetching and verifying rows, trying out.
Does not belong here: one server's own ways (``server``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from sources.landing.locations import LOCAL_TIME
from sources.landing.transport.source import Fetched, Listing, Offer
from sources.landing.transport.sql.digest import content_of
from sources.landing.transport.sql.query import Query, checked, values_of
from sources.landing.transport.sql.rows import write_rows
from sources.landing.transport.sql.server import Server, SourceColumn
from sources.landing.transport.trouble import TransportError, explained, of_one_table
from sources.months import Month

_FORMS = "请改用 query 写明月份条件"


@dataclass(frozen=True)
class View:
    """A table or view whose columns are taken as they are; without a month's column, all rows are."""

    name: str
    month_column: str | None = None


class DatabaseSource:
    """The queries of an open location, by table."""

    def __init__(
        self,
        connection: Any,
        server: Server,
        queries: Mapping[str, Query | View],
        changed: Query | None,
        is_counted: bool,
    ) -> None:
        self._connection, self._server, self._queries = connection, server, queries
        self._changed, self._is_counted = changed, is_counted

    def listing(self, month: Month) -> Listing:
        """Offer every query's result; only the changed query, if there is one, tells whether it is another."""
        row = None
        if self._changed is not None:
            with self._explained("changed_query"):
                row = self._server.first(self._connection, self._changed, values_of(month))
        return Listing(tuple(self._offer(table, row) for table in self._queries))

    def _offer(self, table: str, row: tuple[Any, ...] | None) -> Offer:
        """Offer a query's result; another query is another version, and without a row there is none."""
        told = repr((row, self._queries[table])).encode()
        version = "" if row is None else hashlib.sha256(told).hexdigest()
        return Offer(f"{table}.parquet", table, version, table=table, is_whole=True)

    def fetch(self, offer: Offer, month: Month, target: Path) -> Fetched:
        """Write the rows of a query into a Parquet file, as many as the server counts in the same snapshot."""
        table, at = offer.path, datetime.now(LOCAL_TIME).isoformat(timespec="seconds")
        with of_one_table(self._outlives), self._explained(table):
            self._server.mark(self._connection)
            query = self._query(table)
            with self._cursor(query, month) as cursor:
                columns = self._columns(cursor)
                rows, schema = write_rows(lambda count: self._fetched(table, cursor, count), columns, target)
            total = self._count(query, month) if self._is_counted else None
            if total not in (None, rows):
                raise TransportError("取到的行数与对方统计的行数不符", "稍后会自动再试", True)
            self._require_month(table, rows)
            facts = self._facts(query, month, columns, schema) | {"rows": rows, "counted": total, "at": at}
        kept, content = content_of(target)
        if kept != rows:
            raise TransportError(f"{table} 写入的行数与取到的行数不符", "请检查本机磁盘,稍后会自动再试", True)
        return Fetched(rows, content, facts)

    def _facts(
        self, query: Query, month: Month, columns: Sequence[SourceColumn], schema: pa.Schema
    ) -> dict[str, object]:
        values = values_of(month)
        return {
            "query": query.text,
            "parameters": {name: str(values[name]) for name in dict.fromkeys(query.names)},
            "schema": [[c.name, c.source_type, str(f.type)] for c, f in zip(columns, schema, strict=True)],
            "server": self._version(),
            "snapshot": self._server.snapshot,
        }

    def try_out(self) -> list[tuple[str, str]]:
        """Read one row of each query, for the last complete month."""
        now = datetime.now(LOCAL_TIME)
        month = Month(now.year, now.month).shift(-1)
        with self._explained(""):
            steps = [("登录", self._version())]
        if self._changed is not None:
            self.listing(month)
            steps.append(("changed_query", "可以查询"))
        for table in self._queries:
            with (
                self._explained(table),
                self._cursor(self._server.limited(self._query(table)), month) as cursor,
            ):
                columns = self._columns(cursor)
                self._server.fetch(self._connection, cursor, 1)
            steps.append((f"查询 {table}", f"可以读取,{len(columns)} 列"))
        return steps

    def _outlives(self, _: TransportError) -> bool:
        return self._server.outlives(self._connection)

    @contextmanager
    def _explained(self, table: str) -> Iterator[None]:
        """Explain what goes wrong, and in which query of the settings."""
        try:
            with explained(self._server.explain):
                yield
        except TransportError as error:
            if error.cause.startswith(f"{table} 的查询:") or not table:
                raise
            raise TransportError(f"{table} 的查询:{error.cause}", error.todo, error.is_passing) from None

    @contextmanager
    def _cursor(self, query: Query, month: Month) -> Iterator[Any]:
        cursor = self._server.stream(self._connection, query, values_of(month))
        yield cursor
        # After a failure the connection is closed, which ends the cursor without asking for the rows that are left.
        cursor.close()

    def _fetched(self, table: str, cursor: Any, count: int) -> Any:
        with self._explained(table):
            return self._server.fetch(self._connection, cursor, count)

    def _count(self, query: Query, month: Month) -> int:
        row = self._server.first(self._connection, self._server.counting(query), values_of(month))
        return int(row[0]) if row else 0

    def _version(self) -> str:
        return self._server.version(self._connection)

    def _columns(self, cursor: Any) -> list[SourceColumn]:
        columns = self._server.columns(self._connection, cursor)
        names = [column.name for column in columns]
        if "" in names:
            raise TransportError("查询结果里有没有名字的列", "请在查询里用 as 写明列名")
        if doubles := sorted({name for name in names if names.count(name) > 1}):
            raise TransportError(f"查询结果里有重名的列“{'、'.join(doubles)}”", "请在查询里用 as 改名")
        return columns

    def _query(self, table: str) -> Query:
        view = self._queries[table]
        if isinstance(view, Query):
            return view
        server = self._server
        text = f"select * from {server.quoted(view.name)}"  # noqa: S608 - a name of the settings, quoted
        if view.month_column is not None:
            text += f" where {self._is_in_month(view.name, view.month_column)}"
        return checked(text, server.dialect)

    def _is_in_month(self, view: str, name: str) -> str:
        """Write the condition that a month's column asks for, by its type."""
        kind, quoted = self._kind(view, name), self._server.quoted(name)
        if kind is None or pa.types.is_integer(kind) or pa.types.is_decimal(kind):
            return f"{quoted} = :month_compact"
        if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
            return f"{self._server.day(quoted)} between :month_first and :month_last"
        if pa.types.is_string(kind):
            return f"{quoted} in (:month, :month_compact)"
        raise TransportError("月份列 month_column 不是日期、数字或文字", _FORMS)

    def _kind(self, view: str, name: str) -> pa.DataType | None:
        server = self._server
        empty = f"select {server.quoted(name)} from {server.quoted(view)} where 1 = 0"  # noqa: S608 - quoted names
        cursor = server.stream(self._connection, checked(empty, server.dialect), {})
        (column,) = server.columns(self._connection, cursor)
        server.fetch(self._connection, cursor, 1)
        cursor.close()
        return column.type

    def _require_month(self, table: str, rows: int) -> None:
        """Take no view's month for empty: its months may be written otherwise, or not be there yet."""
        view = self._queries[table]
        if not rows and isinstance(view, View) and view.month_column is not None:
            raise TransportError(
                "视图里没有这个月的行(文字的月份列只认 2021-06 和 202106 两种写法)", f"请对方确认;写法不同时{_FORMS}"
            )
