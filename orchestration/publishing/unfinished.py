"""Months whose computation was begun and not brought to its end: killed, out of disk, or failed by a data test.

Belongs here: noting that, and taking what such a month left behind out of the warehouse before another month is built.
Does not belong here: running dbt (``assets.marts``), publishing.

The warehouse holds all months, and a version shows them all: without this, half of a month, or figures that a data test
refused, would be published along with the next month that succeeds.
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
    """Note that ``month`` is being computed, until the block ends without an exception."""
    note = _folder(home) / str(month)
    with home.replacing(note) as temporary:
        temporary.write_text("", "utf-8")
    yield
    note.unlink()


def list_months(home: Home) -> list[Month]:
    """The months whose computation was begun and did not end well, or is going on now."""
    folder = _folder(home)
    return sorted(Month.parse(p.name) for p in folder.glob("????-??")) if folder.exists() else []


def remove_rows_of_others(home: Home, warehouse: Path, month: Month) -> list[Month]:
    """Take the rows of unfinished months other than ``month`` out of the warehouse; returns these months.

    One that was published before is missing from then on, so that nothing is published until it has run again. Raises
    duckdb.Error when the warehouse cannot be opened.
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
