"""Compare tables of a city cell by cell, whatever engine wrote them.

Belongs here: SQL of DuckDB over two relations with the same columns. Does not belong here: making them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from orchestration.publishing.content import MARTS, literal, quoted, tables


def attached(connection: duckdb.DuckDBPyConnection, name: str, database: Path) -> list[str]:
    """Attach a published database, and list its marts."""
    connection.execute(f"attach {literal(database)} as {name} (read_only)")
    return list(tables(connection, name, MARTS))


def united(mart: Path | str) -> str:
    """Return the rows of all counties in the folder of a mart of a union."""
    partitions = "hive_partitioning = true, hive_types = {'district_code': varchar}"
    return f"read_parquet({literal(f'{mart}/*/*.parquet')}, {partitions})"


def differences(connection: duckdb.DuckDBPyConnection, one: str, other: str) -> int:
    """Count the rows of either of two relations that the other lacks, compared by all columns of ``one`` by name."""
    names = [quoted(str(row[0])) for row in connection.execute(f"describe from {one}").fetchall()]
    there = {quoted(str(row[0])) for row in connection.execute(f"describe from {other}").fetchall()}
    assert set(names) == there, (one, other)
    rows = [f"(select {', '.join(sorted(names))} from {relation})" for relation in (one, other)]
    lacking = [f"(select count(*) from ({a} except all {b}))" for a, b in (rows, reversed(rows))]
    found = f"select {lacking[0]} + {lacking[1]}"
    return int(connection.execute(found).fetchall()[0][0])


def repeated(connection: duckdb.DuckDBPyConnection, relation: str, key: Sequence[str]) -> int:
    """Count the keys that several rows have."""
    columns = ", ".join(map(quoted, key))
    sql = f"select count(*) from (select 1 from {relation} group by {columns} having count(*) > 1)"
    return int(connection.execute(sql).fetchall()[0][0])
