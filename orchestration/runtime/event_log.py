"""Keep Dagster's event log on SQLite with connections that stay open.

Belongs here: one storage class, named in the ``dagster.yaml`` that ``instance`` writes.
Does not belong here: the content of events.

The stock storage builds an engine, then opens and closes a connection, for every statement: 20 to 40 ms for each asset
check. A month has some hundreds of checks; with open connections the same events take a fifth of the time. What a run
plans is stored in one transaction of each database.
The override of ``_connect`` relies on the pinned version of Dagster; ``tests/unit/orchestration`` tests this.
"""

from __future__ import annotations

import glob
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

from dagster._core.storage.event_log.sqlite.sqlite_event_log import (
    INDEX_SHARD_NAME,
    SqliteEventLogStorage,
    SqliteEventLogStorageWatchdog,
)
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from orchestration.runtime.newest_month import NewestMonthFirst

BUSY_TIMEOUT_SECONDS = 60
RUN_SHARDS_KEPT = 4
"""Run databases kept open in addition to the index: the web server reads many runs one after the other."""


def _open(url: str) -> Engine:
    connect_args = {"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False}
    engine = create_engine(url, poolclass=QueuePool, pool_size=1, connect_args=connect_args)

    @event.listens_for(engine, "connect")
    def _sync_at_checkpoints(connection: Any, _record: Any) -> None:
        # Safe with the write-ahead log: a power cut loses at most the last events, never the file.
        connection.execute("PRAGMA synchronous=NORMAL")

    return engine


class _WalWatchdog(SqliteEventLogStorageWatchdog):
    """Watches the write-ahead log too: new events stay in it while a writer keeps its connection open."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # watchdog matches patterns, and the path of the home may have signs of patterns.
        self._patterns = [glob.escape(path) for path in (self._log_path, f"{self._log_path}-wal")]

    def on_modified(self, event: Any) -> None:
        self._process_log()


class KeptSqliteEventLogStorage(NewestMonthFirst, SqliteEventLogStorage):
    """SQLite event log that keeps connections to the index and to the latest runs open."""

    _obs: Any
    _db_lock: Any

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        self._there: set[tuple[str, str]] = set()
        self._held: dict[str, Connection] = {}
        super().__init__(base_dir, inst_data)
        self._db_lock = threading.RLock()

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> KeptSqliteEventLogStorage:
        """Create the storage that ``dagster.yaml`` configures."""
        return cls(inst_data=inst_data, **config_value)

    def has_table(self, table_name: str) -> bool:
        """Return whether the index has the table; Dagster asks for every check."""
        return self._is_there("table", table_name, super().has_table)

    def has_secondary_index(self, name: str) -> bool:
        """Return whether Dagster's migration of that name is complete; it asks for every record of an asset."""
        return self._is_there("migration", name, super().has_secondary_index)

    def _has_asset_key_col_on_connection(self, conn: Connection, column_name: str) -> bool:
        """Return whether assets have the column; Dagster asks for every event of an asset, and for every record."""
        return self._is_there("column", column_name, partial(super()._has_asset_key_col_on_connection, conn))

    def _is_there(self, kind: str, name: str, ask: Callable[[str], bool]) -> bool:
        """Return the answer, and keep a yes: after a no, a migration may follow."""
        if (kind, name) not in self._there and ask(name):
            self._there.add((kind, name))
        return (kind, name) in self._there

    def watch(self, run_id: str, cursor: str | None, callback: Any) -> None:
        """Call ``callback`` for every new event of a run; the run page of the web server needs this."""
        if not self._obs:
            from watchdog.observers import Observer

            self._obs = Observer()
            self._obs.start()
        watchdog = _WalWatchdog(self, run_id, callback, cursor)
        self._watchers[run_id][callback] = (watchdog, self._obs.schedule(watchdog, self._base_dir, recursive=True))

    def store_event_batch(self, events: Sequence[Any]) -> None:
        """Store events of one run in one transaction of its log and one of the index; all of them, or none."""
        shards = [INDEX_SHARD_NAME, *sorted({event.run_id for event in events})]
        with ExitStack() as transactions:
            # The index comes first, so it is committed last: an event that it knows is in the log of its run.
            held = {shard: transactions.enter_context(self._connect(shard)) for shard in shards}
            transactions.callback(self._held.clear)
            self._held.update(held)
            super().store_event_batch(events)

    def dispose(self) -> None:
        """Close every connection."""
        super().dispose()
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()

    def _engine(self, shard: str) -> Engine:
        if shard not in self._engines:
            self._engines[shard] = _open(self.conn_string_for_shard(shard))
        self._engines.move_to_end(shard)
        oldest = [s for s in self._engines if s != INDEX_SHARD_NAME][:-RUN_SHARDS_KEPT]
        for old in oldest:
            self._engines.pop(old).dispose()
        return self._engines[shard]

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            if shard in self._held:
                yield self._held[shard]
                return
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.connect() as connection, connection.begin():
                yield connection
