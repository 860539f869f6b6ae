"""Read from PostgreSQL, and from servers that speak its protocol, with psycopg."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, ClassVar

import pyarrow as pa

from sources.landing.transport.sql import server
from sources.landing.transport.sql.query import Query
from sources.landing.transport.sql.server import (
    SHANGHAI,
    TIMES,
    TIMES_WITH_ZONE,
    Server,
    SourceColumn,
    Trouble,
    Values,
    decimals,
    refused,
)
from sources.landing.transport.trouble import NETWORK, TransportError

_TYPES = {
    16: pa.bool_(), 21: pa.int16(), 23: pa.int32(), 20: pa.int64(), 26: pa.int64(), 700: pa.float32(),
    701: pa.float64(), 1082: pa.date32(), 1083: pa.time64("us"), 1114: TIMES, 1184: TIMES_WITH_ZONE,
}  # fmt: skip
_NUMERIC = 1700
_TEXTS = {18, 19, 25, 705, 1042, 1043}
_AS_TEXT = {"json": 114, "jsonb": 3802, "uuid": 2950, "xml": 142, "interval": 1186, "inet": 869, "cidr": 650}
"""Types whose text is kept as the server writes it."""
_KNOWN = {*_TYPES, _NUMERIC, *_TEXTS, *_AS_TEXT.values()}
_LATER = 5.0
"""Seconds that the server has to say itself that a query takes too long."""
_BY_STATE = {
    "28": server.NO_LOGIN,
    "3D": server.NO_DATABASE,
    "42P01": server.NO_TABLE,
    "3F": server.NO_TABLE,
    "42703": server.NO_COLUMN,
    "42501": server.NO_RIGHT,
    "57014": server.TOO_SLOW,
    "57": server.BROKEN,
    "53": server.FULL,
    "08": server.BROKEN,
    "40": server.BROKEN,
}
_BY_WORDS = (
    ("connection refused", Trouble("对方服务器拒绝连接(服务可能没有启动)", NETWORK, True)),
    ("timeout", Trouble("对方服务器没有按时回应", NETWORK, True)),
    ("resolve host", Trouble("找不到对方的服务器(域名无法解析)", "请核对设置里的地址和本机的域名设置", True)),
    ("translate host", Trouble("找不到对方的服务器(域名无法解析)", "请核对设置里的地址和本机的域名设置", True)),
    ("does not support ssl", server.NO_TLS),
    ("certificate", server.NO_TRUST),
    ("pg_hba.conf", Trouble("对方数据库不允许本机用该账号连接", "请对方在数据库的访问规则里放行本机和该账号")),
    ("too many", server.FULL),
    ("starting up", server.FULL),
    ("does not exist", server.NO_DATABASE),
)  # fmt: skip
"""What libpq says about a connection that failed; it has no codes for that."""


class Postgres(Server):
    """PostgreSQL."""

    driver: ClassVar[str] = "postgresql+psycopg"
    dialect: ClassVar[str] = "postgres"
    snapshot = "REPEATABLE READ READ ONLY"

    def options(self) -> dict[str, Any]:
        """Ask for TLS unless plain will do; authority and host are verified if the authority is given."""
        access = self.access
        tls: dict[str, Any] = {"sslmode": "prefer" if access.is_plain else "require"}
        if access.ca_file:
            tls = {"sslmode": "verify-full", "sslrootcert": str(access.ca_file)}
        return tls | {
            "connect_timeout": round(access.connect_seconds),
            "gssencmode": "disable",
            "application_name": "shouwang",
            "keepalives_idle": 30,
            "prepare_threshold": None,
        }

    def begin(self, connection: Any) -> None:
        """Begin a snapshot, with the days of China, and plans for all rows instead of the first ones."""
        from psycopg import IsolationLevel
        from psycopg.types.string import TextLoader

        for name in _AS_TEXT:
            connection.adapters.register_loader(name, TextLoader)
        connection.isolation_level, connection.read_only = IsolationLevel.REPEATABLE_READ, True
        milliseconds = round(self.access.silent_seconds * 1000)
        with self.patient(connection):
            connection.execute(f"SET LOCAL statement_timeout = {milliseconds}")
            connection.execute(f"SET LOCAL TIME ZONE '{SHANGHAI}'")
            # A backslash in a text would end elsewhere than the check of the query saw it.
            connection.execute("SET LOCAL standard_conforming_strings = on")
            connection.execute("SET LOCAL cursor_tuple_fraction = 1")

    def mark(self, connection: Any) -> None:
        """Set a savepoint: an error ends everything after it, and the snapshot without one."""
        with self.patient(connection):
            connection.execute("SAVEPOINT query")

    def outlives(self, connection: Any) -> bool:
        """Go back to the savepoint."""
        try:
            with self.patient(connection):
                connection.execute("ROLLBACK TO SAVEPOINT query")
        except Exception:
            return False
        return True

    def version(self, connection: Any) -> str:
        """Return the server's version."""
        with self.patient(connection):
            return str(connection.execute("select version()").fetchone()[0])

    def cursor(self, connection: Any) -> Any:
        """Open a cursor at the server."""
        return connection.cursor(name="shouwang")

    def run(self, cursor: Any, query: Query, values: Values) -> None:
        """Run a query, not for ever."""
        with self.patient(cursor.connection):
            super().run(cursor, query, values)

    def fetch(self, connection: Any, cursor: Any, count: int) -> Sequence[tuple[Any, ...]]:
        """Fetch further rows."""
        with self.patient(connection):
            return list(cursor.fetchmany(count))

    def columns(self, connection: Any, cursor: Any) -> list[SourceColumn]:
        """Describe the result by the types' numbers; the values of an enumeration are texts."""
        found = list(cursor.description)
        enums = self._enums(connection, {c.type_code for c in found} - _KNOWN)
        return [_column(c, enums) for c in found]

    def _enums(self, connection: Any, unknown: set[int]) -> set[int]:
        if not unknown:
            return set()
        query = "select oid::bigint from pg_type where typtype = 'e' and oid = any(%s)"
        with self.patient(connection):
            return {oid for (oid,) in connection.execute(query, (sorted(unknown),))}

    def trouble(self, error: BaseException) -> Trouble | None:
        """Tell an error by its SQL state, or by the words of libpq if there was no connection."""
        from psycopg import DataError, Error, OperationalError

        if not isinstance(error, Error):
            return None
        if state := error.sqlstate:
            return _BY_STATE.get(state) or _BY_STATE.get(state[:2], server.BAD_QUERY)
        words = str(error).lower()
        if isinstance(error, DataError):
            return Trouble(
                "查询结果里有无法表示的值(例如 infinity 或公元前的日期)", "请在查询里排除,或用 cast 转成文字"
            )
        if not isinstance(error, OperationalError):
            return None
        if said := next((trouble for part, trouble in _BY_WORDS if part in words), None):
            return said
        was_refused = error.pgconn is not None and (error.pgconn.used_password or "fatal" in words)
        return server.NO_LOGIN if was_refused else server.BROKEN

    @contextmanager
    def patient(self, connection: Any) -> Iterator[None]:
        """Cut the connection if the server keeps silent: libpq would wait for ever."""
        expired = threading.Event()

        def cut() -> None:
            expired.set()
            with suppress(Exception), socket.socket(fileno=os.dup(connection.fileno())) as copy:
                copy.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(self.access.silent_seconds + _LATER, cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        except Exception:
            if expired.is_set():
                raise TransportError(*server.TOO_SLOW) from None
            raise
        finally:
            timer.cancel()


class Kingbase(Postgres):
    """KingbaseES, which speaks PostgreSQL's protocol."""


def _column(column: Any, enums: set[int]) -> SourceColumn:
    code, shown = column.type_code, column.type_display
    if code == _NUMERIC:
        return SourceColumn(column.name, shown, decimals(column.precision, column.scale))
    if code in _TYPES:
        return SourceColumn(column.name, shown, _TYPES[code])
    if code in _TEXTS or code in _AS_TEXT.values() or code in enums:
        return SourceColumn(column.name, "enum" if code in enums else shown, pa.string())
    raise refused(column.name, shown)
