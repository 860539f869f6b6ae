"""Track months whose build started but did not finish: killed, out of disk, or failed by a data test.

Belongs here: marking such months, and removing their rows from the warehouse before another month is built.
Does not belong here: running dbt (``assets.marts``), publishing.

The warehouse holds all months, and a version publishes all of them. Without this module, the next successful month
would also publish half-built months and figures that failed a data test.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from orchestration.publishing.content import CONFIG, quoted
from sources.home import Home
from sources.months import Month

_MONTHLY_TABLES = """
    select schema_name, table_name from duckdb_columns()
    where column_name = 'month' and data_type = 'DATE' and not internal
    intersect
    select schema_name, table_name from duckdb_tables()
"""


@contextmanager
def mark_until_finished(home: Home, month: Month) -> Iterator[None]:
    """Mark ``month`` as unfinished until the block ends without an exception."""
    note = _folder(home) / str(month)
    with home.replacing(note) as temporary:
        temporary.write_text("", "utf-8")
    yield
    note.unlink()


def list_months(home: Home) -> list[Month]:
    """List the unfinished months, including one whose build is still running."""
    folder = _folder(home)
    return sorted(Month.parse(p.name) for p in folder.glob("????-??")) if folder.exists() else []


def remove_rows_of_others(home: Home, warehouse: Path, month: Month) -> list[Month]:
    """Remove the rows of unfinished months other than ``month`` from the warehouse; returns these months.

    A month that was published before is then missing, so nothing is published until it has run again. Raises
    duckdb.Error if the warehouse cannot be opened.
    """
    others = [m for m in list_months(home) if m != month]
    if others and warehouse.exists():
        with duckdb.connect(str(warehouse), config=CONFIG) as connection:
            for schema, table in connection.execute(_MONTHLY_TABLES).fetchall():
                for other in others:
                    connection.execute(
                        f"delete from {quoted(schema)}.{quoted(table)} where month = ?",
                        [other.first_day],
                    )
    for other in others:
        (_folder(home) / str(other)).unlink()
    return others


def _folder(home: Home) -> Path:
    return home.warehouse / "unfinished"
