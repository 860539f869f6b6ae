"""``python -m tests.bench.postgres_speed HOME [HOUSEHOLDS]``: a publication to PostgreSQL beside a bare COPY.

Belongs here: making a version of that size, the two commands side by side, the ratio of their times. The fastest of
some rounds counts, because a machine may have other work; seconds of processors say where the time goes.

The newest version of the home is enlarged: every row about a household is repeated under other keys until a month has
that many households. A bare COPY sends the same bytes to tables without keys, in one transaction.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from orchestration.dbt import manifest
from orchestration.publishing.content import measure, quoted
from orchestration.publishing.postgres.layout import Keys, Table, layout
from orchestration.publishing.postgres.load import databases, publish_to
from orchestration.publishing.postgres.parts import measure as measure_parts
from orchestration.publishing.postgres.rows import lines
from orchestration.publishing.publish import switch
from orchestration.publishing.version import FULL, OPEN, Version, current
from orchestration.runtime.former_layout import adopt
from sources.home import DESCRIPTION, Home
from tests.servers.marts_database import MartsDatabase, marts_database
from tests.servers.postgres import PostgresServer, postgres_server

HOUSEHOLDS = 100_000
BOUND = 2.0
ROUNDS = 3
_KEYED = ("household_key", "person_key", "lead_id", "conflict_id")


def enlarge(home: Home, version: Version, times: int, salt: str) -> Version:
    """Write the next version: rows about households ``times`` times, under keys made with ``salt``."""
    stem = f"marts-{version.month}-{salt}"
    for edition in (FULL, OPEN):
        target = home.published / edition.file(stem)
        target.parent.mkdir(exist_ok=True)
        shutil.copy2((home.published / edition.file(version.stem)).resolve(), target)
        with duckdb.connect(str(target)) as c:
            for table, columns in _tables_of_households(c):
                changed = ", ".join(f"sha256({quoted(k)} || '{salt}' || n) as {quoted(k)}" for k in columns)
                c.execute(
                    f"create temp table more as select t.* replace ({changed}) from marts.{quoted(table)} as t,"
                    f" range({times}) as r (n); truncate marts.{quoted(table)};"
                    f" insert into marts.{quoted(table)} from more; drop table more"
                )
    now = replace(version, stem=stem, number=version.number + 1)
    with databases(home.published, now) as c:
        now = replace(now, marts=measure(c, "full_marts"), open=measure(c, "open_marts"))
    (home.published / stem / DESCRIPTION).write_text(now.to_json(), "utf-8")
    return now


def _tables_of_households(c: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, list[str]]]:
    rows = c.execute(
        "select table_name, list(column_name) from duckdb_columns() where schema_name = 'marts' and column_name in ?"
        " and table_name in (select table_name from duckdb_tables()) group by 1",
        [list(_KEYED)],
    ).fetchall()
    yield from rows


def bare_copy(database: MartsDatabase, content: list[tuple[Table, list[bytes]]]) -> None:
    """Send all bytes to new tables without keys, in one transaction."""
    with database.connect(autocommit=False) as owner:
        owner.execute("drop schema if exists bare cascade; create schema bare")
        for n, (table, chunks) in enumerate(content):
            owner.execute(f"create table bare.t{n} ({', '.join(f'{quoted(c.name)} {c.type}' for c in table.columns)})")
            with owner.cursor().copy(f"copy bare.t{n} from stdin (format csv)") as copy:
                for chunk in chunks:
                    copy.write(chunk)


def _content(home: Home, version: Version, keys: Keys) -> list[tuple[Table, list[bytes]]]:
    with databases(home.published, version) as c:
        tables, _ = layout(c, keys)
        return [(table, list(lines(c, table, tuple(measure_parts(c, table))))) for table in tables]


@dataclass
class Taken:
    """Seconds, and seconds of processors here and in the server."""

    seconds: float
    here: float
    there: float

    @property
    def processors(self) -> float:
        """Seconds of all processors."""
        return self.here + self.there


def take(server: PostgresServer, what: str, work: Callable[[], object]) -> Taken:
    """Do the work, and print what it took."""
    began, here, there = time.monotonic(), _own(), server.process.processor_seconds()
    work()
    taken = Taken(time.monotonic() - began, _own() - here, server.process.processor_seconds() - there)
    text = f"{taken.seconds:.2f} s; processors: {taken.here:.2f} s here, {taken.there:.2f} s in the server"
    print(f"{what}: {text}", flush=True)
    return taken


def _own() -> float:
    own = os.times()
    return own.user + own.system


def _round(server: PostgresServer, home: Home, first: Version, second: Version, keys: Keys) -> tuple[Taken, Taken]:
    """Measure a bare COPY and, side by side, a first publication into a new database, and what may follow it."""
    content = _content(home, first, keys)
    with marts_database(server) as database:

        def publish() -> None:
            publish_to(home, database.setting, keys)

        bare = take(server, "bare COPY of the same bytes", lambda: bare_copy(database, content))
        switch(home.published, first)
        copied = take(server, "first publication", publish)
        take(server, "the same version again", publish)
        switch(home.published, second)
        take(server, "every household changed", publish)
    return bare, copied


def main(folder: Path, households: int) -> None:
    """Measure some rounds; the exit code is 1 if the fastest publication took twice the fastest bare COPY or more."""
    keys = manifest.keys(manifest.load())
    with tempfile.TemporaryDirectory() as temporary, postgres_server(Path(temporary)) as server:
        home = Home(Path(temporary) / "home")
        home.prepare()
        shutil.copytree(folder / "published", home.published, symlinks=True, dirs_exist_ok=True)
        adopt(home)
        small = current(home.published)
        assert small
        times = -(-households * len(small.months) // small.marts["household_month"].rows)
        first = enlarge(home, small, times, "first")
        second = enlarge(home, replace(small, number=first.number), times, "second")
        size = sum(len(chunk) for _, chunks in _content(home, first, keys) for chunk in chunks)
        rows = first.marts["household_month"].rows // len(first.months)
        print(f"{rows} households, {len(first.months)} months, {size / 1e6:.0f} MB of CSV", flush=True)
        rounds = [_round(server, home, first, second, keys) for _ in range(ROUNDS)]
    bare, copied = (min(one.seconds for one in pair) for pair in zip(*rounds, strict=True))
    of_processors = min(c.processors for _, c in rounds) / min(b.processors for b, _ in rounds)
    print(f"fastest of {ROUNDS}: {copied / bare:.2f} times the time of a bare COPY, {of_processors:.2f} of processors")
    sys.exit(0 if copied < BOUND * bare else 1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else HOUSEHOLDS)
