"""Read a database of marts: names, columns, labels, row counts, content hashes, months.

Belongs here: reading. Does not belong here: writing, deciding.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.runtime.errors import ShouwangError

MARTS = "marts"
MARTS_OPEN = "marts_open"
"""Schema of the warehouse with the marts that replace one of the same name in the open database, or are only there."""
LABELLED = "marts_zh"
CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
"""DuckDB must not download extensions: the platform runs air-gapped."""

_LABEL_END = re.compile(r" - |[::;;。\n]")


class PublishError(ShouwangError):
    """A version cannot be published; the current one stays. The message is in Chinese and contains no identities."""


def label_of(comment: str) -> str:
    """Return the Chinese label with which the comment of a column begins."""
    return _LABEL_END.split(comment, maxsplit=1)[0].strip()


@dataclass(frozen=True)
class Column:
    """A column of a mart; ``comment`` begins with its Chinese label."""

    name: str
    dtype: str
    comment: str

    @property
    def label(self) -> str:
        """The Chinese label: the comment up to the first `` - ``, colon, semicolon, full stop or line break."""
        return label_of(self.comment)


@dataclass(frozen=True)
class Mart:
    """The measured content of one mart.

    ``content`` hashes all rows regardless of their order; ``shape`` lists the columns with types and labels; ``months``
    are YYYY-MM, none if the mart has no ``month`` column.
    """

    rows: int
    content: str
    shape: str
    months: tuple[str, ...]

    @property
    def columns(self) -> list[dict[str, str]]:
        """The columns with name, type and label; a decimal has a comma of its own."""
        parts = [part.split(" ", 2) for part in re.split(r", (?=\w+ [A-Z])", self.shape)]
        return [dict(zip(("name", "type", "label"), part, strict=False)) for part in parts]


def quoted(name: str) -> str:
    """Quote an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str | Path) -> str:
    """Quote a text or path as an SQL literal."""
    return "'" + str(text).replace("'", "''") + "'"


def pattern(path: Path) -> str:
    """Return a path as the start of a pattern of DuckDB, in which it stands for itself."""
    return re.sub(r"[\[*?]", r"[\g<0>]", str(path))


def tables(connection: duckdb.DuckDBPyConnection, database: str, schema: str = MARTS) -> dict[str, str]:
    """Map each table of a schema of an attached database to its comment."""
    rows = connection.execute(
        "select table_name, coalesce(comment, '') from duckdb_tables() "
        "where database_name = ? and schema_name = ? order by table_name",
        [database, schema],
    ).fetchall()
    return {str(name): str(comment) for name, comment in rows}


def shapes(connection: duckdb.DuckDBPyConnection, database: str, schema: str = MARTS) -> dict[str, tuple[Column, ...]]:
    """Map each table of a schema of an attached database to its columns in order.

    Ask once for all: DuckDB looks through every column of every database for each question.
    """
    rows = connection.execute(
        "select table_name, column_name, data_type, coalesce(comment, '') from duckdb_columns() "
        "where database_name = ? and schema_name = ? order by table_name, column_index",
        [database, schema],
    ).fetchall()
    by_table: dict[str, list[Column]] = defaultdict(list)
    for table, *column in rows:
        by_table[str(table)].append(Column(*map(str, column)))
    return {table: tuple(found) for table, found in by_table.items()}


def columns(connection: duckdb.DuckDBPyConnection, database: str, mart: str, schema: str = MARTS) -> tuple[Column, ...]:
    """List the columns of one mart in order; none if there is no such mart."""
    return shapes(connection, database, schema).get(mart, ())


def _months(connection: duckdb.DuckDBPyConnection, relation: str, shape: tuple[Column, ...]) -> tuple[str, ...]:
    if not any(c.name == "month" and c.dtype == "DATE" for c in shape):
        return ()
    rows = connection.execute(f"select distinct strftime(month, '%Y-%m') as m from {relation} order by m").fetchall()
    return tuple(str(row[0]) for row in rows)


def measure(connection: duckdb.DuckDBPyConnection, database: str, schema: str = MARTS) -> dict[str, Mart]:
    """Measure every mart in a schema of an attached database, by name."""
    shape = shapes(connection, database, schema)
    return {
        name: measure_mart(connection, database, name, shape[name], schema)
        for name in tables(connection, database, schema)
    }


def measure_mart(
    connection: duckdb.DuckDBPyConnection, database: str, name: str, shape: tuple[Column, ...], schema: str = MARTS
) -> Mart:
    """Measure one mart with these columns of an attached database: row count, content hash, columns and months."""
    relation = f"{quoted(database)}.{quoted(schema)}.{quoted(name)}"
    row = connection.execute(
        f"select count(*), coalesce(bit_xor(hash(t)), 0), coalesce(sum(hash(t)::hugeint), 0) from {relation} as t"
    ).fetchone()
    assert row is not None  # noqa: S101 - an aggregate without GROUP BY always returns one row
    return Mart(
        rows=int(row[0]),
        content=f"{int(row[1]):016x}-{int(row[2]):x}",
        shape=", ".join(f"{c.name} {c.dtype} {c.label}" for c in shape),
        months=_months(connection, relation, shape),
    )
