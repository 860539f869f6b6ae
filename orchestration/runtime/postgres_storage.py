"""Keep Dagster's records in PostgreSQL, over connections that stay open.

Belongs here: three storage classes, named in the ``dagster.yaml`` that ``instance`` writes.
Does not belong here: the settings of the database (``dagster_database``), the content of events.

The stock storages connect for every statement, and a login is slow on purpose. The classes rely on the pinned version
of dagster-postgres; ``tests/unit/orchestration`` tests this.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Self

from dagster import Field
from dagster_postgres import PostgresEventLogStorage, PostgresRunStorage, PostgresScheduleStorage
from dagster_postgres.auth import PgTokenProvider
from dagster_postgres.utils import DagsterPostgresException, create_pg_connection, create_pg_engine
from sqlalchemy import URL, Connection

from orchestration.runtime.dagster_database import DagsterDatabase, DagsterDatabaseError, unanswered
from orchestration.runtime.newest_month import NewestMonthFirst

OWNER = "shouwang_home"
"""Key of the data home to which the records belong."""
MOST_CONNECTIONS = 10
"""Connections of a storage in one process at most; all but one are closed after use."""


class _Password(PgTokenProvider):
    """The password, read at every new connection: it is in no address, and a new one needs no restart."""

    def __init__(self, database: DagsterDatabase) -> None:
        super().__init__()
        self._database = database

    def _fetch_token(self) -> tuple[str, float]:
        return self._database.password() or "", 0.0


class _Kept:
    """A storage of dagster-postgres that is configured by ``DagsterDatabase`` and keeps a connection open."""

    postgres_url: str
    _engine: Any
    _token_provider: PgTokenProvider | None
    _database: DagsterDatabase | None = None

    @classmethod
    def config_type(cls) -> Mapping[str, Any]:
        """Return the settings that ``dagster.yaml`` has for the storage; none is a secret."""
        return {"home": str, "database": Field(dict)}

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Mapping[str, Any]) -> Self:
        """Create the storage that ``dagster.yaml`` configures. Raises DagsterDatabaseError."""
        database = DagsterDatabase(**config_value["database"])
        # Dagster's own tries would quote the server on the terminal.
        database.require()
        has_password = database.password() is not None
        # psycopg2 by name: SQLAlchemy's own choice, psycopg, takes no parameters in NOTIFY.
        made = cls(
            str(URL.create("postgresql+psycopg2", query=database.parameters)),
            inst_data=inst_data,
            token_provider=_Password(database) if has_password else None,
        )  # type: ignore[call-arg]
        made._database = database
        made._keep_connection()
        made._begin(config_value["home"], database)
        return made

    def dispose(self) -> None:
        """Close every connection."""
        super().dispose()  # type: ignore[misc]
        self._engine.dispose()

    @contextmanager
    def _connect(self) -> Iterator[Connection]:
        """Give a connection. Raises DagsterDatabaseError if the server does not answer for some seconds."""
        try:
            with create_pg_connection(self._engine) as connection:
                yield connection
        except DagsterPostgresException:
            if self._database is None:
                raise
            raise unanswered(self._database) from None

    def connect(self, run_id: str | None = None) -> AbstractContextManager[Connection]:
        """Give a connection, as ``_connect`` does: the stock storages call it either way."""
        return self._connect()

    def _begin(self, home: str, database: DagsterDatabase) -> None:
        """Do what a storage needs before its first use: nothing."""

    def _keep_connection(self) -> None:
        # A connection that the server has closed is replaced before it is used.
        options = {"pool_size": 1, "max_overflow": MOST_CONNECTIONS - 1, "pool_pre_ping": True}
        self._engine = create_pg_engine(
            self.postgres_url, self._token_provider, isolation_level="AUTOCOMMIT", **options
        )


class PostgresRuns(_Kept, PostgresRunStorage):
    """Runs, snapshots of jobs, heartbeats of the daemon."""

    def _begin(self, home: str, database: DagsterDatabase) -> None:
        """Take the database for this home. Raises DagsterDatabaseError if it holds the records of another one.

        The runs of another home have no process here, and would be closed as dead.
        """
        owner = self.get_cursor_values({OWNER}).get(OWNER)
        if owner is None:
            self.set_cursor_values({OWNER: home})
        elif owner != home:
            raise DagsterDatabaseError(
                f"{database.shown} 里是数据目录 {owner} 的运行记录,不能给 {home} 用:一个数据目录用一个数据库。"
                "请在设置 dagster_database 里写另一个;若数据目录已搬到这里、原处不再使用,请在那个数据库的表 kvs 里"
                f"删除 key 为 {OWNER} 的一行。"
            )


class PostgresEvents(_Kept, NewestMonthFirst, PostgresEventLogStorage):
    """Events, materializations and check results."""

    def __init__(self, *arguments: Any, **values: Any) -> None:
        self._tables: set[str] = set()
        super().__init__(*arguments, **values)

    def has_table(self, table_name: str) -> bool:
        """Return whether the database has the table; caches a yes, because Dagster asks for every check."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables


class PostgresSchedules(_Kept, PostgresScheduleStorage):
    """Schedules, sensors and their ticks."""
