"""Talk to the PostgreSQL server of the settings: connect, run statements, copy rows in and out.

Belongs here: the connection, its patience, errors in words. Does not belong here: what is said to the server.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from orchestration.publishing.content import PublishError
from orchestration.runtime.postgres_server import PostgresServer
from sources.landing.transport.database import connected
from sources.landing.transport.location import CONNECT_SECONDS
from sources.landing.transport.sql.postgres import Postgres
from sources.landing.transport.trouble import TransportError, explained

OLDEST = 15
"""Oldest version of PostgreSQL: row policies reach through views of the reader since then."""
BUSY = ("55P03", "40P01", "40001", "57014")
"""States of errors that pass: a lock was not given in time, or the server chose this transaction to end."""
_REMEDIES = {
    "42501": ("账号在数据库里的权限不够", "请让它成为该数据库的所有者,并有 CREATEROLE(docs/postgres.md)"),
    "2BP01": ("数据库里有别人的视图用到要改的列或表", "请先删除或改写那些视图,再执行 shouwang publish --to postgres"),
    "53100": ("数据库服务器的磁盘已满", "请清理数据库服务器的磁盘"),
    "53300": ("数据库的连接数已满", "稍后会自动再试"),
}


class BusyError(Exception):
    """The server ended the transaction for a reason that passes."""


class Session:
    """A connection of the owner's account, in one transaction at a time."""

    def __init__(self, connection: Any, server: Postgres) -> None:
        self._connection, self._server = connection, server

    def run(self, statement: str, values: Sequence[Any] | None = None) -> None:
        """Run a statement. Raises BusyError, TransportError."""
        with self._told(), self._server.patient(self._connection):
            self._connection.execute(statement, values)

    def rows(self, query: str, values: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
        """Return the rows of a query. Raises BusyError, TransportError."""
        with self._told(), self._server.patient(self._connection):
            return list(self._connection.execute(query, values).fetchall())

    def copy_in(self, statement: str, chunks: Iterable[bytes]) -> int:
        """Send rows; return how many the server took. Raises BusyError, TransportError, and what ``chunks`` raises."""
        with self._told(), self._connection.cursor() as cursor:
            with cursor.copy(statement) as copy:
                for chunk in chunks:
                    with self._server.patient(self._connection):
                        copy.write(chunk)
            return int(cursor.rowcount)

    def copy_out(self, statement: str) -> bytes:
        """Return the rows that the server sends. Raises BusyError, TransportError."""
        with (
            self._told(),
            self._server.patient(self._connection),
            self._connection.cursor() as cursor,
            cursor.copy(statement) as copy,
        ):
            return b"".join(map(bytes, copy))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep everything that the block did, or nothing of it. Raises BusyError, TransportError."""
        try:
            yield
            with self._told(), self._server.patient(self._connection):
                self._connection.commit()
        except BaseException:
            with explained(self._server.explain):
                self._connection.rollback()
            raise

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let each statement of the block be a transaction of its own."""
        self._connection.autocommit = True
        try:
            yield
        finally:
            self._connection.autocommit = False

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Tell errors of the server by their state; their text may quote a value."""
        from psycopg import Error

        try:
            yield
        except Error as error:
            state = error.sqlstate or ""
            if state in BUSY:
                raise BusyError from None
            if state in _REMEDIES:
                raise TransportError(*_REMEDIES[state]) from None
            raise (self._server.explain(error) if not state or state[:2] in ("08", "57", "28", "3D") else None) or (
                TransportError(f"数据库没有接受(SQLSTATE {state})", "请把本条提示交给技术人员")
            ) from None


@contextmanager
def session(server: PostgresServer, connect_seconds: float = CONNECT_SECONDS) -> Iterator[Session]:
    """Connect as the owner's account. Raises TransportError, PublishError if the server is too old."""
    with explained(lambda _: None):
        access = server.access(connect_seconds)
    postgres = Postgres(access)
    connection = connected(postgres)
    try:
        if connection.info.server_version // 10_000 < OLDEST:
            raise PublishError(f"PostgreSQL 的版本太旧(需要 {OLDEST} 版或更新),没有复制。请升级数据库服务器。")
        yield Session(connection, postgres)
    finally:
        postgres.close(connection)
