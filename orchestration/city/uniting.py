"""Unite the versions of counties in the warehouse of a city: every mart, with ``district_code`` in front.

Belongs here: the file that ``dbt_city`` reads and ``publishing`` publishes. Does not belong here: taking versions
(``taking``), the city's own marts (``dbt_city``).

The warehouse is written from the copies of all counties each time and replaced as a whole: it remembers nothing. Full
marts lie in the schema ``marts``, those that every reader may see in ``marts_open``, and come from the counties' open
databases: no cell gets into the city's open database that was not in that of its county.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.city.taking import Taken
from orchestration.publishing.content import (
    CONFIG,
    MARTS,
    MARTS_OPEN,
    Column,
    PublishError,
    literal,
    quoted,
    shapes,
    tables,
)
from orchestration.publishing.version import FULL, OPEN, Edition
from sources.home import Home

CITY = "city"
COUNTIES = "counties"
"""Schema and table of the counties themselves, from which ``dbt_city`` begins."""
DISTRICT = Column("district_code", "VARCHAR", "所属区县代码:6 位,说明这一行由哪个区县发布")
EDITION_OF: Mapping[str, Edition] = {MARTS: FULL, MARTS_OPEN: OPEN}
"""The edition that each schema is united from."""
COUNTY_COLUMNS: Mapping[str, str] = {
    DISTRICT.name: "varchar", "county_name": "varchar", "version": "integer", "stem": "varchar",
    "created_at": "varchar", "checksum": "varchar", "problem": "varchar",
}  # fmt: skip
"""Columns of the table of counties, with their types."""


@dataclass(frozen=True)
class _Part:
    """An attached database of a county."""

    code: str
    database: str
    comments: Mapping[str, str]
    shapes: Mapping[str, tuple[Column, ...]]


def unite(home: Home, file: Path, taken: Sequence[Taken], known: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Write the warehouse of a city; return the marts in it by schema.

    ``known`` gives the marts that this program knows, by schema; others do not travel. A county that has no version is
    in the table of counties only. Raises PublishError if no county has a version, duckdb.Error or OSError if the home
    cannot be written; the former warehouse then stays.
    """
    there = [t for t in taken if t.version]
    if not there:
        problems = ";".join(f"{t.name}({t.code}){t.problem}" for t in taken)
        raise PublishError(f"没有一个区县的版本可以汇总:{problems}。")
    _remove_left(file)
    # The newest program says most about its columns.
    there.sort(key=lambda t: (t.version.created_at if t.version else "", t.code))
    columns = ", ".join(f"{name} {dtype}" for name, dtype in COUNTY_COLUMNS.items())
    with home.replacing(file) as temporary:
        temporary.unlink()
        with duckdb.connect(config=CONFIG) as connection:
            connection.execute(f"attach {literal(temporary)} as warehouse")
            connection.execute(
                f"use warehouse; begin; create schema {CITY}; create table {CITY}.{COUNTIES} ({columns})"
            )
            connection.executemany(
                f"insert into {CITY}.{COUNTIES} values (?, ?, ?, ?, ?, ?, ?)",
                [list(row.values()) for row in rows_of(taken)],
            )
            connection.execute("commit")
            united = {
                schema: _unite_edition(connection, there, schema, edition, known.get(schema, ()))
                for schema, edition in EDITION_OF.items()
            }
            connection.execute("use memory; detach warehouse")
        # That of a killed run matches the former warehouse only, and DuckDB opens no file beside another one's log.
        _log_of(file).unlink(missing_ok=True)
    return united


def _remove_left(file: Path) -> None:
    """Remove what killed runs left of unfinished warehouses; the home is locked."""
    for left in file.parent.glob(f".{file.name}.*.tmp*"):
        left.unlink()


def _log_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.wal")


def rows_of(taken: Sequence[Taken]) -> list[dict[str, object]]:
    """Return the rows of the table of counties; without a version, a county has a name and a problem only."""
    found = [
        (t.code, t.name, *((v.number, v.stem, v.created_at) if (v := t.version) else (None,) * 3), t.checksum or None,
         t.problem or None)
        for t in taken
    ]  # fmt: skip
    return [dict(zip(COUNTY_COLUMNS, row, strict=True)) for row in found]


def _unite_edition(
    connection: duckdb.DuckDBPyConnection, taken: Sequence[Taken], schema: str, edition: Edition, known: Sequence[str]
) -> list[str]:
    """Write one schema of the warehouse from one of the two databases of each version; return its marts."""
    parts = [_attached(connection, t, edition) for t in taken]
    try:
        connection.execute(f"begin; create schema {schema}")
        marts = [name for name in known if any(name in part.comments for part in parts)]
        for name in marts:
            _unite_mart(connection, f"{schema}.{quoted(name)}", name, parts)
        connection.execute("commit")
    finally:
        for part in parts:
            connection.execute(f"detach {part.database}")
    return marts


def _attached(connection: duckdb.DuckDBPyConnection, taken: Taken, edition: Edition) -> _Part:
    database = f"county_{taken.code}"
    connection.execute(f"attach {literal(taken.folder / edition.database)} as {database} (read_only)")
    return _Part(taken.code, database, tables(connection, database), shapes(connection, database))


def _unite_mart(connection: duckdb.DuckDBPyConnection, table: str, name: str, parts: Sequence[_Part]) -> None:
    """Unite a mart of the counties that have it; a column that a county lacks is null there."""
    having = [part for part in parts if name in part.comments]
    rows = " union all by name ".join(
        f"select cast({literal(p.code)} as varchar) as {DISTRICT.name}, * from {p.database}.{MARTS}.{quoted(name)}"
        for p in having
    )
    connection.execute(f"create table {table} as {rows}")
    connection.execute(f"comment on table {table} is {literal(having[-1].comments[name])}")
    columns = {column.name: column.comment for part in having for column in part.shapes[name]}
    for column, comment in {DISTRICT.name: DISTRICT.comment, **columns}.items():
        connection.execute(f"comment on column {table}.{quoted(column)} is {literal(comment)}")
