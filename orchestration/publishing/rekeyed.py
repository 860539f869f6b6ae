"""Compare two versions whose keys come from two secrets: apart from the keys, every cell is the same.

Keys and lead ids are compared by the mapping of the rotation. Other texts that hold keyed tokens (``_TOKENS``) are
compared without them.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.publishing.content import CONFIG, MARTS, columns, literal, quoted, tables

_TOKENS = ("conflict_id", "evidence", "detail", "asset_no", "row_ref")
"""Columns with numbers made of keys (conflicts), references by key (evidence, details), masked identities (assets)."""
_TOKEN = "[0-9a-f]{12,}"  # noqa: S105 - a pattern


def differences(former: Path, now: Path, mapping: Path, leads: Path) -> list[str]:
    """Name the marts that differ apart from their keys, with the rows that only one version has.

    ``mapping`` and ``leads`` are the Parquet files of keys and lead ids. Raises duckdb.Error if a file cannot be read.
    """
    with duckdb.connect(config=CONFIG) as connection:
        connection.execute(f"attach {literal(former)} as former (read_only); attach {literal(now)} as now (read_only)")
        connection.execute(
            "create table mapping as select distinct on (former) former, current"
            f" from (from read_parquet({literal(mapping)}) union all by name from read_parquet({literal(leads)}))"
        )
        names = sorted(set(tables(connection, "former")) | set(tables(connection, "now")))
        return [found for name in names if (found := _difference(connection, name))]


def _difference(connection: duckdb.DuckDBPyConnection, mart: str) -> str:
    shapes = [[(c.name, c.dtype) for c in columns(connection, database, mart)] for database in ("former", "now")]
    if shapes[0] != shapes[1]:
        return f"{mart}(列不同)"
    keyed = [name for name, dtype in shapes[0] if dtype == "VARCHAR" and _holds_keys(connection, mart, name)]
    before = ", ".join(_compared(name, name in keyed) for name, _ in shapes[0])
    after = ", ".join(_compared(name, False) for name, _ in shapes[0])
    rows = [
        f"select {before} from former.{MARTS}.{quoted(mart)} as t",
        f"select {after} from now.{MARTS}.{quoted(mart)} as t",
    ]
    counts = [
        connection.execute(f"select count(*) from ({one} except all {other})").fetchone() or (0,)
        for one, other in (rows, rows[::-1])
    ]
    (lost,), (new,) = counts
    return f"{mart}({lost} 行变为 {new} 行)" if lost or new else ""


def _holds_keys(connection: duckdb.DuckDBPyConnection, mart: str, column: str) -> bool:
    query = f"from former.{MARTS}.{quoted(mart)} where {quoted(column)} in (select former from mapping) limit 1"
    return connection.execute(query).fetchone() is not None


def _compared(name: str, is_keyed: bool) -> str:
    """Return a column as it is compared: former keys as they should be now, tokens of keys without their digits."""
    cell = f"t.{quoted(name)}"
    if is_keyed:
        return f"coalesce((select current from mapping where mapping.former = {cell}), {cell}) as {quoted(name)}"
    if name in _TOKENS:
        # References by key are sorted by it, so the pieces are sorted again.
        bare = f"regexp_replace({cell}, {literal(_TOKEN)}, '#', 'g')"
        return f"list_sort(string_split({bare}, '}},{{')) as {quoted(name)}"
    return f"{cell} as {quoted(name)}"
