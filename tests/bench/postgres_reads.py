"""``python -m tests.bench.postgres_reads HOME``: 10 000 reads during 20 publications, none failed and none mixed.

Belongs here: readers, publications, judging what was read. Does not belong here: tests of a copy (``tests/unit``).

The versions of the home are published in turn, by rolling back and forth in a copy of its ``published`` folder. A read
is a statement, or a transaction of several, of a login with a role; what it saw must be what one version says.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from orchestration.dbt import manifest
from orchestration.publishing.postgres.layout import Keys
from orchestration.publishing.postgres.load import publish_to
from orchestration.publishing.publish import roll_back
from orchestration.publishing.version import versions
from orchestration.runtime.former_layout import adopt
from sources.home import Home
from tests.servers.marts_database import MartsDatabase, marts_database
from tests.servers.postgres import postgres_server

READS, PUBLICATIONS, READERS = 10_000, 20, 6
_STATEMENT = "select (select version from shouwang.published), {}"
_SUM = "(select count(*) || ' ' || coalesce(sum(hashtext(t::text)::bigint), 0) from {} as t)"
Seen = tuple[Any, ...]
"""The version that a read saw, and the sum of each table's rows; None for a table that it did not read."""
Connection = psycopg.Connection[Any]


def in_one_statement(connection: Connection, tables: Sequence[str]) -> Seen:
    """Read all tables in one prepared statement."""
    query = _STATEMENT.format(", ".join(map(_SUM.format, tables)))
    return tuple(connection.execute(query, prepare=True).fetchall()[0])


def in_one_transaction(connection: Connection, tables: Sequence[str]) -> Seen:
    """Read one table after the other, in a transaction of one snapshot."""
    with connection.transaction():
        connection.execute("set transaction isolation level repeatable read read only")
        (version,) = connection.execute("select version from shouwang.published").fetchall()[0]
        return version, *(connection.execute(f"select {_SUM.format(t)}").fetchall()[0][0] for t in tables)


def by_search_path(connection: Connection, tables: Sequence[str]) -> Seen:
    """Read the first table by its name alone."""
    schema, _, name = tables[0].partition(".")
    with connection.transaction():
        connection.execute(f"set local search_path = {schema}")
        seen = connection.execute(_STATEMENT.format(_SUM.format(name))).fetchall()[0]
    return (*seen, *[None] * (len(tables) - 1))


WAYS: tuple[Callable[[Connection, Sequence[str]], Seen], ...] = (in_one_statement, in_one_transaction, by_search_path)


def is_whole(seen: Seen, expected: Mapping[int, Seen]) -> bool:
    """Return whether everything that a read saw is of the version that it saw."""
    whole = expected.get(seen[0])
    return whole is not None and all(one in (None, other) for one, other in zip(seen, whole, strict=True))


@dataclass
class Reads:
    """What readers saw: by version, how often; and reads that failed or fit no version."""

    wanted: int
    seen: Counter[int] = field(default_factory=Counter)
    mixed: list[Seen] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    slowest: float = 0.0
    is_published: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def total(self) -> int:
        """Number of reads."""
        return sum(self.seen.values()) + len(self.mixed) + len(self.failed)

    def read(self, connect: Callable[[], Connection], tables: Sequence[str], expected: Mapping[int, Seen]) -> None:
        """Read again and again, until all is published and there are enough reads."""
        with connect() as connection:
            n = 0
            while not (self.is_published.is_set() and self.total >= self.wanted):
                began = time.monotonic()
                try:
                    seen = WAYS[n % len(WAYS)](connection, tables)
                except psycopg.Error as error:
                    self.failed.append(f"{WAYS[n % len(WAYS)].__name__}: {type(error).__name__}")
                    return
                n += 1
                with self._lock:
                    self.slowest = max(self.slowest, time.monotonic() - began)
                    if is_whole(seen, expected):
                        self.seen[seen[0]] += 1
                    else:
                        self.mixed.append(seen)


def run(
    home: Home, database: MartsDatabase, keys: Keys, tables: Mapping[str, Sequence[str]], reads: int = READS,
    publications: int = PUBLICATIONS, readers: int = READERS,
) -> Reads:  # fmt: skip
    """Read while versions are published; ``tables`` lists, by login, the tables whose rows are compared."""
    numbers = sorted(v.number for v in versions(home.published))
    expected: dict[str, dict[int, Seen]] = {login: {} for login in tables}
    for number in numbers:
        _publish(home, database, keys, number)
        for login, named in tables.items():
            with database.connect(login) as connection:
                expected[login][number] = in_one_statement(connection, named)
    result, logins = Reads(reads), list(tables) * readers

    def reader(login: str) -> None:
        result.read(lambda: database.connect(login), tables[login], expected[login])

    threads = [threading.Thread(target=reader, args=(login,)) for login in logins[:readers]]
    for thread in threads:
        thread.start()
    try:
        for n in range(publications):
            # The readers get their share of the reads between one publication and the next.
            while result.total < reads * n // publications and any(thread.is_alive() for thread in threads):
                time.sleep(0.005)
            _publish(home, database, keys, numbers[n % len(numbers)])
    finally:
        result.is_published.set()
        for thread in threads:
            thread.join()
    return result


def _publish(home: Home, database: MartsDatabase, keys: Keys, number: int) -> None:
    roll_back(home, number)
    publish_to(home, database.setting, keys)


def main(folder: Path) -> None:
    """Run the reads over a copy of a home's published versions, and print what was seen."""
    keys = manifest.keys(manifest.load())
    with tempfile.TemporaryDirectory() as temporary, postgres_server(Path(temporary)) as server:
        home = Home(Path(temporary) / "home")
        home.prepare()
        shutil.copytree(folder / "published", home.published, symlinks=True, dirs_exist_ok=True)
        adopt(home)
        with marts_database(server) as database:
            publish_to(home, database.setting, keys)
            tables = {
                database.login("dashboard", "bi_reader"): ["marts.rural_construction", "marts_zh.dim_month"],
                database.login("worker", "case_worker", "*"): ["marts_case.household_month", "marts_zh.risk_screening"],
                database.login("office", "office_reader"): ["marts_full.household_month", "marts.household_bands"],
            }
            began = time.monotonic()
            done = run(home, database, keys, tables)
    print(
        f"{done.total} reads during {PUBLICATIONS} publications in {time.monotonic() - began:.0f} s:"
        f" {len(done.mixed)} mixed, {len(done.failed)} failed; by version {dict(sorted(done.seen.items()))};"
        f" slowest read {done.slowest:.2f} s"
    )
    sys.exit(1 if done.mixed or done.failed else 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
