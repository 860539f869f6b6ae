"""Read from Oracle with python-oracledb, and from DM with the maker's driver, if it is installed."""

from __future__ import annotations

import decimal
import ssl
from typing import Any, ClassVar

import pyarrow as pa

from sources.landing.transport.sql import server
from sources.landing.transport.sql.query import Query, checked
from sources.landing.transport.sql.server import TIMES, Server, SourceColumn, Trouble, decimals, refused
from sources.landing.transport.trouble import NETWORK

_TYPES = {
    "BINARY_FLOAT": pa.float32(), "BINARY_DOUBLE": pa.float64(), "BINARY_INTEGER": pa.int64(),
    "BOOLEAN": pa.bool_(), "DATE": TIMES, "TIMESTAMP": TIMES,
}  # fmt: skip
_TEXTS = {"VARCHAR", "NVARCHAR", "CHAR", "NCHAR", "LONG", "LONG_NVARCHAR", "CLOB", "NCLOB", "ROWID", "UROWID"}
_FETCHED = 5_000
_BY_CODE = {
    "ORA-01017": server.NO_LOGIN, "ORA-28000": server.NO_LOGIN, "ORA-28001": server.NO_LOGIN,
    "ORA-01045": server.NO_LOGIN, "DPY-6001": server.NO_DATABASE, "DPY-6003": server.NO_DATABASE,
    "ORA-12514": server.NO_DATABASE, "ORA-12505": server.NO_DATABASE, "ORA-00942": server.NO_TABLE,
    "ORA-00904": server.NO_COLUMN, "ORA-01031": server.NO_RIGHT, "ORA-41900": server.NO_RIGHT,
    "DPY-4024": server.TOO_SLOW, "DPY-4011": server.BROKEN, "ORA-03113": server.BROKEN, "ORA-03114": server.BROKEN,
    "ORA-00018": server.FULL, "ORA-00020": server.FULL,
    "ORA-01555": Trouble("对方数据库的快照保留不到查询结束", "请对方调大 undo 保留时间,或缩小查询", True),
    "DPY-6005": Trouble("连不上对方服务器", NETWORK, True),
    "ORA-12541": Trouble("对方服务器拒绝连接(服务可能没有启动)", NETWORK, True),
}  # fmt: skip


class Oracle(Server):
    """Oracle Database; the path of its address is the service."""

    driver: ClassVar[str] = "oracle+oracledb"
    dialect: ClassVar[str] = "oracle"
    style: ClassVar[str] = "named"
    snapshot = "READ ONLY"

    def connect(self) -> Any:
        """Connect to a service; SQLAlchemy's address has no way to ask for TLS."""
        import oracledb

        access = self.access
        connection = oracledb.connect(
            user=access.user,
            password=access.password,
            host=access.host,
            port=access.port or (1521 if access.is_plain else 2484),
            service_name=access.database,
            **self.options(),
        )
        connection.call_timeout = round(access.silent_seconds * 1000)
        return connection

    def options(self) -> dict[str, Any]:
        """Use TLS, verified, unless plain will do: its port has no unverified TLS."""
        tls: dict[str, Any] = {"protocol": "tcp"}
        if self.access.ca_file or not self.access.is_plain:
            trusted = ssl.create_default_context(cafile=self.access.ca_file)
            tls = {"protocol": "tcps", "ssl_context": trusted, "ssl_server_dn_match": True}
        return tls | {"tcp_connect_timeout": self.access.connect_seconds}

    def begin(self, connection: Any) -> None:
        """Begin a transaction whose queries all see the same rows."""
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")

    def version(self, connection: Any) -> str:
        """Return the server's version."""
        return str(connection.version)

    def cursor(self, connection: Any) -> Any:
        """Fetch numbers with all their digits, and long texts as texts."""
        cursor = connection.cursor()
        cursor.arraysize = cursor.prefetchrows = _FETCHED
        cursor.outputtypehandler = _exact
        return cursor

    def columns(self, connection: Any, cursor: Any) -> list[SourceColumn]:
        """Describe the result by the driver's types."""
        return [_column(info) for info in cursor.description]

    def limited(self, query: Query) -> Query:
        """Write the query that gives one row of another one."""
        return checked(f"select * from (\n{query.text}\n) q where rownum <= 1", self.dialect)  # noqa: S608

    def day(self, column: str) -> str:
        """Write the day of a date, which has a time of day there."""
        return f"trunc({column})"

    def trouble(self, error: BaseException) -> Trouble | None:
        """Tell an error by its code."""
        from oracledb import Error

        if not isinstance(error, Error):
            return None
        return _BY_CODE.get(getattr(error.args[0] if error.args else None, "full_code", ""), server.BAD_QUERY)


def _exact(cursor: Any, info: Any) -> Any:
    import oracledb

    if info.type_code == oracledb.DB_TYPE_NUMBER:
        return cursor.var(decimal.Decimal, arraysize=cursor.arraysize)
    if info.type_code in (oracledb.DB_TYPE_CLOB, oracledb.DB_TYPE_NCLOB):
        return cursor.var(oracledb.DB_TYPE_LONG, arraysize=cursor.arraysize)
    return None


def _column(info: Any) -> SourceColumn:
    kind = info.type_code.name.removeprefix("DB_TYPE_")
    if kind == "NUMBER":
        shown = f"NUMBER({info.precision},{info.scale})" if info.precision else "NUMBER"
        return SourceColumn(info.name, shown, decimals(info.precision, info.scale))
    if kind in _TEXTS:
        return SourceColumn(info.name, kind, pa.string())
    if kind in _TYPES:
        return SourceColumn(info.name, kind, _TYPES[kind])
    # The driver drops the zone of times that have one.
    raise refused(info.name, kind)
