"""Read from MySQL and MariaDB with PyMySQL."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from contextlib import closing, suppress
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from sources.landing.transport.sql import server
from sources.landing.transport.sql.server import (
    MAX_PRECISION,
    TIMES,
    TIMES_WITH_ZONE,
    Server,
    SourceColumn,
    Trouble,
    causes,
    refused,
)
from sources.landing.transport.trouble import usual

_INTEGERS = {
    1: ("tinyint", pa.int8(), pa.uint8()),
    2: ("smallint", pa.int16(), pa.uint16()),
    9: ("mediumint", pa.int32(), pa.uint32()),
    3: ("int", pa.int32(), pa.uint32()),
    8: ("bigint", pa.int64(), pa.uint64()),
    13: ("year", pa.int16(), pa.uint16()),
}
_OTHERS = {
    4: ("float", pa.float32()),
    5: ("double", pa.float64()),
    6: ("null", pa.string()),
    7: ("timestamp", TIMES_WITH_ZONE),
    10: ("date", pa.date32()),
    11: ("time", pa.string()),
    12: ("datetime", TIMES),
    245: ("json", pa.string()),
}
_DECIMALS, _BIT = {0, 246}, 16
_TEXTS = {15: "varchar", 253: "varchar", 254: "char", 249: "text", 250: "text", 251: "text", 252: "text"}
_TIME = 11
_UNSIGNED, _ENUM, _SET = 32, 256, 2048
_BINARY = 63
"""The character set of bytes."""
_BY_CODE = {
    1045: server.NO_LOGIN, 1044: server.NO_LOGIN, 1698: server.NO_LOGIN, 1130: server.NO_LOGIN,
    1049: server.NO_DATABASE, 1142: server.NO_RIGHT, 1143: server.NO_RIGHT, 1227: server.NO_RIGHT,
    1146: server.NO_TABLE, 1054: server.NO_COLUMN, 1040: server.FULL, 1203: server.FULL, 1226: server.FULL,
    1317: server.TOO_SLOW, 1969: server.TOO_SLOW, 3024: server.TOO_SLOW, 2006: server.BROKEN, 2013: server.BROKEN,
    1053: server.BROKEN, 1927: server.BROKEN,
}  # fmt: skip
_NO_TLS = {2026}


class Mysql(Server):
    """MySQL and MariaDB."""

    driver: ClassVar[str] = "mysql+pymysql"
    dialect: ClassVar[str] = "mysql"
    snapshot = "REPEATABLE READ, WITH CONSISTENT SNAPSHOT, READ ONLY"

    def options(self) -> dict[str, Any]:
        """Ask for TLS unless plain will do; authority and host are verified if the authority is given."""
        from pymysql.converters import conversions

        access = self.access
        tls: dict[str, Any] = {}
        if access.ca_file:
            tls = {"ssl": ssl.create_default_context(cafile=str(access.ca_file))}
        elif not access.is_plain:
            unverified = ssl.create_default_context()
            unverified.check_hostname, unverified.verify_mode = False, ssl.CERT_NONE
            tls = {"ssl": unverified}
        return tls | {
            "charset": "utf8mb4",
            "connect_timeout": round(access.connect_seconds),
            "read_timeout": access.silent_seconds,
            "write_timeout": access.silent_seconds,
            "local_infile": False,
            # A time of day may have more than 24 hours there.
            "conv": {key: value for key, value in conversions.items() if key != _TIME},
        }

    def begin(self, connection: Any) -> None:
        """Begin a snapshot, with the days of China."""
        with connection.cursor() as cursor:
            cursor.execute("SET SESSION time_zone = '+08:00'")
            cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")

    def outlives(self, connection: Any) -> bool:
        """Read what is left of a result, and ask for anything: an error ends a statement, not the snapshot."""
        try:
            if connection._result is not None and connection._result.unbuffered_active:
                connection._result._finish_unbuffered_query()
            self.version(connection)
        except Exception:
            return False
        return True

    def version(self, connection: Any) -> str:
        """Return the server's version."""
        with connection.cursor() as cursor:
            cursor.execute("select concat(@@version_comment, ' ', @@version)")
            return str(cursor.fetchone()[0])

    def cursor(self, connection: Any) -> Any:
        """Leave the rows at the server."""
        from pymysql.cursors import SSCursor

        return connection.cursor(SSCursor)

    def columns(self, connection: Any, cursor: Any) -> list[SourceColumn]:
        """Describe the result by the fields of the protocol: the DB-API's description has no signs and charsets."""
        return [_column(field) for field in cursor._result.fields]

    def close(self, connection: Any) -> None:
        """Leave at once, and end a query that still runs: a polite end would fetch all rows that are left.

        The server would not notice before it sends further rows, and keeps the tables locked until then.
        """
        result, number = connection._result, connection.thread_id()
        is_running = not connection.open or (result is not None and result.unbuffered_active)
        if result is not None:
            result.unbuffered_active = False
        if connection.open:
            connection._force_close()
        if is_running:
            with suppress(Exception), closing(self.connect()) as other:
                other.kill(number)

    def trouble(self, error: BaseException) -> Trouble | None:
        """Tell an error by its code, or by what it was raised from."""
        from pymysql.err import Error

        if not isinstance(error, Error):
            return None
        for cause in causes(error)[1:]:
            if isinstance(cause, TimeoutError):
                return server.TOO_SLOW
            if isinstance(cause, OSError):
                known = usual(cause)
                return Trouble(known.cause, known.todo, known.is_passing)
        code = error.args[0] if error.args and isinstance(error.args[0], int) else 0
        if code in _NO_TLS:
            return server.NO_TLS
        return _BY_CODE.get(code) or (server.BROKEN if code >= 2000 else server.BAD_QUERY)


def _column(field: Any) -> SourceColumn:
    code, name, is_unsigned = field.type_code, field.name, bool(field.flags & _UNSIGNED)
    if code in _INTEGERS:
        shown, signed, unsigned = _INTEGERS[code]
        return SourceColumn(name, shown + " unsigned" * is_unsigned, unsigned if is_unsigned else signed)
    if code in _DECIMALS:
        # The length of the text: with a point and, unless unsigned, a sign.
        precision = field.length - (field.scale > 0) - (not is_unsigned)
        kind = pa.decimal128(min(max(precision, 1), MAX_PRECISION), field.scale)
        return SourceColumn(name, f"decimal({precision},{field.scale})", kind)
    if code == _BIT and field.length == 1:
        return SourceColumn(name, "bit(1)", pa.bool_(), _bits)
    if code in _OTHERS:
        shown, kind = _OTHERS[code]
        return SourceColumn(name, shown, kind, _instants if kind == TIMES_WITH_ZONE else None)
    if code in _TEXTS and field.charsetnr != _BINARY:
        shown = "enum" if field.flags & _ENUM else "set" if field.flags & _SET else _TEXTS[code]
        return SourceColumn(name, shown, pa.string())
    raise refused(name, "binary" if code in _TEXTS else f"bit({field.length})" if code == _BIT else f"no. {code}")


def _bits(values: Sequence[Any]) -> pa.Array:
    return pa.array([None if value is None else value != b"\0" for value in values], pa.bool_())


def _instants(values: Sequence[Any]) -> pa.Array:
    """Read times that the session shows in China's zone; as a fixed offset, which the server counts with."""
    return pc.assume_timezone(pa.array(values, TIMES), "+08:00").cast(TIMES_WITH_ZONE)
