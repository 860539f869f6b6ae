"""Read from DM with the maker's driver and dialect, if they are installed: dmPython and dmSQLAlchemy.

Neither is in a public registry with a server to try them on, so only what the driver documents is used here.
"""

from __future__ import annotations

from typing import Any, ClassVar

import pyarrow as pa

from sources.landing.transport.sql import server
from sources.landing.transport.sql.oracle import Oracle
from sources.landing.transport.sql.server import TIMES, Server, SourceColumn, Trouble, decimals, refused

_TYPES = {
    "INTEGER": pa.int64(), "NUMBER": pa.int64(), "BIGINT": pa.int64(), "BOOLEAN": pa.bool_(), "DATE": pa.date32(),
    "TIMESTAMP": TIMES, "DOUBLE": pa.float64(), "REAL": pa.float32(),
}  # fmt: skip
_TEXTS = {"STRING", "FIXED_STRING", "CLOB", "LONG_STRING"}
_BY_CODE = {
    -2501: server.NO_LOGIN, -2106: server.NO_TABLE, -2207: server.NO_COLUMN, -5504: server.NO_RIGHT,
    -70028: Trouble("连不上对方服务器", "请检查网络、地址和对方服务器,稍后会自动再试", True),
    -70019: server.BROKEN,
}  # fmt: skip


class Dm(Oracle):
    """DM, whose SQL follows Oracle's."""

    driver: ClassVar[str] = "dm+dmPython"
    style: ClassVar[str] = "qmark"
    can_verify: ClassVar[bool] = False

    def connect(self) -> Any:
        """Connect through the maker's dialect."""
        return Server.connect(self)

    def options(self) -> dict[str, Any]:
        """Set the time-outs; the driver has no word for TLS."""
        return {"login_timeout": round(self.access.connect_seconds * 1000), "autoCommit": False}

    def version(self, connection: Any) -> str:
        """Return the server's version."""
        return str(connection.server_version)

    def cursor(self, connection: Any) -> Any:
        """Open a cursor."""
        return connection.cursor()

    def columns(self, connection: Any, cursor: Any) -> list[SourceColumn]:
        """Describe the result by the names of the driver's types."""
        return [_column(*entry[:6]) for entry in cursor.description]

    def trouble(self, error: BaseException) -> Trouble | None:
        """Tell an error by its code."""
        if type(error).__module__ != "dmPython":
            return None
        code = getattr(error.args[0] if error.args else None, "code", 0)
        return _BY_CODE.get(code, server.BAD_QUERY)


def _column(name: str, code: Any, _display: Any, _size: Any, precision: Any, scale: Any) -> SourceColumn:
    kind = getattr(code, "__name__", str(code)).rpartition(".")[2].upper()
    if kind == "DECIMAL":
        return SourceColumn(name, f"DECIMAL({precision},{scale})", decimals(precision, scale))
    if kind in _TEXTS:
        return SourceColumn(name, kind, pa.string())
    if kind in _TYPES:
        return SourceColumn(name, kind, _TYPES[kind])
    raise refused(name, kind)
