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
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from orchestration.dbt import manifest
from orchestration.publishing.postgres.layout import Keys
from orchestration.publishing.postgres.load import publish_to
from orchestration.publishing.publish import roll_back
from orchestration.publishing.version import versions
from sources.home import Home
from tests.servers.marts_database import MartsDatabase, marts_database
from tests.servers.postgres import postgres_server

READS, PUBLICATIONS, READERS = 10_000, 20, 6
_STATEMENT = "select (select version from shouwang.published), {}"
_SUM = "(select count(*) || ' ' || coalesce(sum(hashtext(t::text)::bigint), 0) from {} as t)"
Seen = tuple[Any, ...]


@dataclass
class Reads:
    """What readers saw: by version, how often; and reads that failed or fit no version."""

    seen: Counter[int] = field(default_factory=Counter)
    mixed: list[Seen] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    slowest: float = 0.0

    @property
    def total(self) -> int:
        """Number of reads."""
        return sum(self.seen.values()) + len(self.mixed) + len(self.failed)


def _in_one_statement(connection: psycopg.Connection[Any], tables: list[str]) -> Seen:
    query = _STATEMENT.format(", ".join(map(_SUM.format, tables)))
    with connection.transaction():
        return tuple(connection.execute(query, prepare=True).fetchall()[0])


def _in_one_transaction(connection: psycopg.Connection[Any], tables: list[str]) -> Seen:
    with connection.transaction():
        connection.execute("set transaction isolation level repeatable read read only")
        (version,) = connection.execute("select version from shouwang.published").fetchall()[0]
        return version, *(connection.execute(f"select {_SUM.format(t)}").fetchall()[0][0] for t in tables)


def _by_search_path(connection: psycopg.Connection[Any], tables: list[str]) -> Seen:
    schema, _, name = tables[0].partition(".")
    with connection.transaction():
        connection.execute(f"set local search_path = {schema}")
        seen = tuple(connection.execute(_STATEMENT.format(_SUM.format(name))).fetchall()[0])
    return (*seen, *[None] * (len(tables) - 1))


WAYS: tuple[Callable[[psycopg.Connection[Any], list[str]], Seen], ...] = (
    _in_one_statement,
    _in_one_transaction,
    _by_search_path,
)


def run(
    home: Home, database: MartsDatabase, keys: Keys, tables: Mapping[str, list[str]], reads: int = READS,
    publications: int = PUBLICATIONS, readers: int = READERS,
) -> Reads:  # fmt: skip
    """Read while versions are published; ``tables`` lists, by login, the tables whose rows are compared."""
    numbers = sorted(v.number for v in versions(home.published))
    expected = {login: {} for login in tables}  # type: dict[str, dict[int, Seen]]
    for number in numbers:
        roll_back(home, number)
        publish_to(home, database.setting, keys)
        for login, named in tables.items():
            with database.connect(login) as connection:
                expected[login][number] = _in_one_statement(connection, named)
    done, result, lock = threading.Event(), Reads(), threading.Lock()

    def read(nth: int) -> None:
        login = list(tables)[nth % len(tables)]
        with database.connect(login, autocommit=True) as connection:
            n = 0
            while not (done.is_set() and result.total >= reads):
                began = time.monotonic()
                try:
                    seen = WAYS[n % len(WAYS)](connection, tables[login])
                except psycopg.Error as error:
                    with lock:
                        result.failed.append(type(error).__name__)
                    return
                n += 1
                whole = expected[login].get(seen[0], ())
                is_whole = all(s in (None, w) for s, w in zip(seen, whole, strict=False)) and bool(whole)
                with lock:
                    result.slowest = max(result.slowest, time.monotonic() - began)
                    if is_whole:
                        result.seen[seen[0]] += 1
                    else:
                        result.mixed.append(seen)

    threads = [threading.Thread(target=read, args=(n,)) for n in range(readers)]
    for thread in threads:
        thread.start()
    for n in range(publications):
        # The readers get their share of the reads between one publication and the next.
        while result.total < reads * n // publications and any(thread.is_alive() for thread in threads):
            time.sleep(0.005)
        roll_back(home, numbers[n % len(numbers)])
        publish_to(home, database.setting, keys)
    done.set()
    for thread in threads:
        thread.join()
    return result


def main(folder: Path) -> None:
    """Run the reads over a copy of a home's published versions, and print what was seen."""
    with tempfile.TemporaryDirectory() as temporary, postgres_server(Path(temporary)) as server:
        home = Home(Path(temporary) / "home")
        home.prepare()
        shutil.copytree(folder / "published", home.published, symlinks=True, dirs_exist_ok=True)
        with marts_database(server) as database:
            publish_to(home, database.setting, manifest.keys(manifest.load()))
            tables = {
                database.login("dashboard", "bi_reader"): ["marts.rural_construction", "marts_zh.dim_month"],
                database.login("worker", "case_worker", "*"): ["marts_case.household_month", "marts_zh.risk_screening"],
                database.login("office", "office_reader"): ["marts_full.household_month", "marts.household_bands"],
            }
            began = time.monotonic()
            done = run(home, database, manifest.keys(manifest.load()), tables)
    print(
        f"{done.total} reads during {PUBLICATIONS} publications in {time.monotonic() - began:.0f} s:"
        f" {len(done.mixed)} mixed, {len(done.failed)} failed; by version {dict(sorted(done.seen.items()))};"
        f" slowest read {done.slowest:.2f} s"
    )
    sys.exit(1 if done.mixed or done.failed else 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
