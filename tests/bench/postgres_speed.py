"""``python -m tests.bench.postgres_speed HOME [HOUSEHOLDS]``: a publication to PostgreSQL beside a bare COPY.

Belongs here: making a version of that size, the two commands side by side, their ratio.

The newest version of the home is enlarged: every row about a household is repeated under other keys until a month has
that many households. A bare COPY sends the same bytes to tables without keys, in one transaction.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb

from orchestration.dbt import manifest
from orchestration.publishing.content import measure, quoted
from orchestration.publishing.postgres.layout import Keys, Table, layout
from orchestration.publishing.postgres.load import databases, lines, publish_to
from orchestration.publishing.postgres.parts import measure as measure_parts
from orchestration.publishing.publish import switch
from orchestration.publishing.version import FULL, OPEN, Version, current
from sources.home import Home
from tests.servers.marts_database import MartsDatabase, marts_database
from tests.servers.postgres import postgres_server

HOUSEHOLDS = 100_000
BOUND = 2.0
_KEYED = ("household_key", "person_key", "lead_id", "conflict_id")


def enlarge(home: Home, version: Version, times: int, salt: str) -> Version:
    """Write the next version: rows about households ``times`` times, under keys made with ``salt``."""
    stem = f"marts-{version.month}-{salt}"
    for edition in (FULL, OPEN):
        target = home.published / edition.file(stem)
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
    (home.published / f"{stem}.json").write_text(now.to_json(), "utf-8")
    return now


def _tables_of_households(c: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, list[str]]]:
    rows = c.execute(
        "select table_name, list(column_name) from duckdb_columns() where schema_name = 'marts' and column_name in ?"
        " and table_name in (select table_name from duckdb_tables()) group by 1",
        [list(_KEYED)],
    ).fetchall()
    yield from rows


def bare_copy(database: MartsDatabase, content: list[tuple[Table, list[bytes]]]) -> float:
    """Return the seconds of sending all bytes to new tables without keys, in one transaction."""
    with database.connect(autocommit=False) as owner:
        owner.execute("drop schema if exists bare cascade; create schema bare")
        for n, (table, _) in enumerate(content):
            owner.execute(f"create table bare.t{n} ({', '.join(f'{quoted(c.name)} {c.type}' for c in table.columns)})")
        owner.commit()
        began = time.monotonic()
        for n, (_, chunks) in enumerate(content):
            with owner.cursor().copy(f"copy bare.t{n} from stdin (format csv)") as copy:
                for chunk in chunks:
                    copy.write(chunk)
        owner.commit()
        return time.monotonic() - began


def _content(home: Home, version: Version, keys: Keys) -> list[tuple[Table, list[bytes]]]:
    with databases(home.published, version) as c:
        tables, _ = layout(c, keys)
        return [(table, list(lines(c, table, tuple(measure_parts(c, table))))) for table in tables]


def main(folder: Path, households: int) -> None:
    """Measure the first publication, one in which everything changed, and one of the same version."""
    keys = manifest.keys(manifest.load())
    with tempfile.TemporaryDirectory() as temporary, postgres_server(Path(temporary)) as server:
        home = Home(Path(temporary) / "home")
        home.prepare()
        shutil.copytree(folder / "published", home.published, symlinks=True, dirs_exist_ok=True)
        small = current(home.published)
        assert small
        times = -(-households * len(small.months) // small.marts["household_month"].rows)
        first = enlarge(home, small, times, "first")
        content = _content(home, first, keys)
        size = sum(len(chunk) for _, chunks in content for chunk in chunks)
        rows = first.marts["household_month"].rows // len(first.months)
        print(f"{rows} households, {len(first.months)} months, {size / 1e6:.0f} MB of CSV", flush=True)
        with marts_database(server) as database:
            bare = min(bare_copy(database, content) for _ in range(2))
            print(f"bare COPY of the same bytes: {bare:.1f} s", flush=True)
            with database.connect() as owner:
                owner.execute("drop schema bare cascade")
            switch(home.published, first)
            worst = _shown("first publication", publish_to(home, database.setting, keys).seconds, bare)
            _shown("the same version again", publish_to(home, database.setting, keys).seconds, bare)
            switch(home.published, enlarge(home, replace(small, number=first.number), times, "second"))
            worst = max(
                worst, _shown("every household changed", publish_to(home, database.setting, keys).seconds, bare)
            )
            _shown("bare COPY once more", bare_copy(database, content), bare)
    sys.exit(0 if worst <= BOUND else 1)


def _shown(what: str, seconds: float, bare: float) -> float:
    print(f"{what}: {seconds:.1f} s, {seconds / bare:.2f} times the bare COPY", flush=True)
    return seconds / bare


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else HOUSEHOLDS)
