"""``python -m tests.bench.postgres_speed HOME [HOUSEHOLDS]``: a publication to PostgreSQL beside a bare COPY.

Belongs here: making a version of that size, the two commands side by side, their ratio in seconds and in seconds of
processors, of this process and of the server: the latter can be compared on a machine that has other work.

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
from orchestration.publishing.postgres.load import databases, lines, publish_to
from orchestration.publishing.postgres.parts import measure as measure_parts
from orchestration.publishing.publish import switch
from orchestration.publishing.version import FULL, OPEN, Version, current
from orchestration.runtime.former_layout import adopt
from sources.home import DESCRIPTION, Home
from tests.servers.marts_database import MartsDatabase, marts_database
from tests.servers.postgres import PostgresServer, postgres_server

HOUSEHOLDS = 100_000
BOUND = 2.0
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
class Meter:
    """Seconds, and seconds of processors, that something takes here and in the server."""

    server: PostgresServer
    bare: tuple[float, float] = (1.0, 1.0)

    def take(self, what: str, work: Callable[[], object]) -> tuple[float, float]:
        """Do the work, and print what it took, also as ratios to the bare COPY."""
        wall, processors = time.monotonic(), self._processors()
        work()
        taken = time.monotonic() - wall, self._processors() - processors
        ratios = [a / b for a, b in zip(taken, self.bare, strict=True)]
        print(
            f"{what}: {taken[0]:.1f} s, {taken[1]:.1f} s of processors; {ratios[0]:.2f} and {ratios[1]:.2f}", flush=True
        )
        return taken

    def _processors(self) -> float:
        """Return the time of this process and of the server's processes, also of those that have ended."""
        own = os.times()
        return own.user + own.system + self.server.process.processor_seconds()


def main(folder: Path, households: int) -> None:
    """Measure the first publication, the same version again, and one in which every household changed."""
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
        content = _content(home, first, keys)
        size = sum(len(chunk) for _, chunks in content for chunk in chunks)
        rows = first.marts["household_month"].rows // len(first.months)
        print(f"{rows} households, {len(first.months)} months, {size / 1e6:.0f} MB of CSV", flush=True)
        with marts_database(server) as database:
            meter = Meter(server)
            meter.bare = meter.take("bare COPY of the same bytes", lambda: bare_copy(database, content))

            def publish() -> None:
                publish_to(home, database.setting, keys)

            switch(home.published, first)
            taken = meter.take("first publication", publish)
            meter.take("the same version again", publish)
            switch(home.published, second)
            meter.take("every household changed", publish)
            again = meter.take("bare COPY once more", lambda: bare_copy(database, content))
    sys.exit(0 if taken[1] <= BOUND * max(meter.bare[1], again[1]) else 1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else HOUSEHOLDS)
