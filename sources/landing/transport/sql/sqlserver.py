"""Read from SQL Server with pymssql."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import pyarrow as pa

from sources.landing.transport.sql import server
from sources.landing.transport.sql.query import Query, checked
from sources.landing.transport.sql.server import TIMES, Server, SourceColumn, Trouble, Values, decimals, refused

_TYPES = {
    "bit": pa.bool_(), "tinyint": pa.uint8(), "smallint": pa.int16(), "int": pa.int32(), "bigint": pa.int64(),
    "real": pa.float32(), "float": pa.float64(), "date": pa.date32(), "datetime": TIMES, "datetime2": TIMES,
    "smalldatetime": TIMES, "money": pa.decimal128(19, 4), "smallmoney": pa.decimal128(10, 4),
}  # fmt: skip
_TEXTS = {"char", "varchar", "text", "nchar", "nvarchar", "ntext", "uniqueidentifier", "xml", "sysname"}
_DESCRIBED = (
    "select name, system_type_name, precision, scale from sys.dm_exec_describe_first_result_set(%(sql)s, null, 0) "
    "where is_hidden = 0 order by column_ordinal"
)
_SNAPSHOTS = "select snapshot_isolation_state from sys.databases where name = db_name()"
_BY_CODE = {
    18456: server.NO_LOGIN, 4060: server.NO_DATABASE, 208: server.NO_TABLE, 207: server.NO_COLUMN,
    229: server.NO_RIGHT, 230: server.NO_RIGHT, 1222: server.TOO_SLOW, 20003: server.TOO_SLOW,
    20002: server.NO_LOGIN, 20004: server.BROKEN, 20006: server.BROKEN, 20017: server.BROKEN, 20047: server.BROKEN,
    20009: Trouble("连不上对方服务器", "请检查网络、地址和对方服务器,稍后会自动再试", True),
}  # fmt: skip


class SqlServer(Server):
    """Microsoft SQL Server."""

    driver: ClassVar[str] = "mssql+pymssql"
    dialect: ClassVar[str] = "tsql"
    can_verify: ClassVar[bool] = False

    def options(self) -> dict[str, Any]:
        """Ask for TLS unless plain will do; the driver takes no authority."""
        access = self.access
        return {
            "encryption": "request" if access.is_plain else "require",
            "login_timeout": round(access.connect_seconds),
            "timeout": round(access.silent_seconds),
            "charset": "UTF-8",
            "appname": "shouwang",
            "use_datetime2": True,
            "autocommit": True,
        }

    def begin(self, connection: Any) -> None:
        """Begin a snapshot if the database allows one; otherwise each query sees rows as they are committed."""
        with connection.cursor() as cursor:
            cursor.execute(_SNAPSHOTS)
            self.snapshot = "SNAPSHOT" if cursor.fetchone() == (1,) else "READ COMMITTED"
            cursor.execute(f"SET TRANSACTION ISOLATION LEVEL {self.snapshot}")
            cursor.execute("BEGIN TRANSACTION")

    def version(self, connection: Any) -> str:
        """Return the server's version."""
        with connection.cursor() as cursor:
            cursor.execute("select cast(serverproperty('ProductVersion') as varchar(60))")
            return str(cursor.fetchone()[0])

    def stream(self, connection: Any, query: Query, values: Values) -> Any:
        """Describe the result, then run the query; the driver reads rows as they are fetched."""
        with connection.cursor() as cursor:
            cursor.execute(_DESCRIBED, {"sql": query.written_out(values)})
            self._described = list(cursor.fetchall())
        return super().stream(connection, query, values)

    def columns(self, connection: Any, cursor: Any) -> list[SourceColumn]:
        """Describe the result by what the server says of the query: the driver's codes do not tell types apart."""
        return [_column(*row) for row in self._described]

    def counting(self, query: Query) -> Query:
        """Write the counting query by the syntax tree: no part of a query may be sorted or begin with WITH there."""
        from sqlglot import exp, parse_one

        tree = parse_one(query.text, dialect=self.dialect)
        if isinstance(tree, exp.Query) and not (tree.args.get("limit") or tree.args.get("offset")):
            tree.set("order", None)
        counted = exp.select("count(*)").from_(exp.Subquery(this=tree, alias=exp.to_identifier("q")))
        return checked(counted.sql(dialect=self.dialect), self.dialect)

    def limited(self, query: Query) -> Query:
        """Keep the query: rows are only read as they are fetched."""
        return query

    def trouble(self, error: BaseException) -> Trouble | None:
        """Tell an error by its code."""
        from pymssql import Error

        if not isinstance(error, Error):
            return None
        codes = [a for a in error.args if isinstance(a, int)] or [0]
        return _BY_CODE.get(codes[0], server.BAD_QUERY)


def _column(name: str, source_type: str, precision: int, scale: int) -> SourceColumn:
    kind = source_type.partition("(")[0].lower()
    if kind in ("decimal", "numeric"):
        return SourceColumn(name, source_type, decimals(precision, scale))
    if kind in _TEXTS:
        return SourceColumn(name, source_type, pa.string(), _as_texts if kind == "uniqueidentifier" else None)
    if kind in _TYPES:
        return SourceColumn(name, source_type, _TYPES[kind])
    raise refused(name, source_type)


def _as_texts(values: Sequence[Any]) -> pa.Array:
    return pa.array([None if value is None else str(value) for value in values], pa.string())
