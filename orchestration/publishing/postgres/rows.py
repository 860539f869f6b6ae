"""Make the rows that PostgreSQL lacks, ahead of the server, which takes them at the same time on another processor.

Belongs here: measuring and encoding, table after table, in one thread. Does not belong here: the server (``load``).
"""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

import duckdb
import polars as pl

from orchestration.publishing.content import quoted
from orchestration.publishing.postgres import shape
from orchestration.publishing.postgres.layout import Table
from orchestration.publishing.postgres.parts import Change, Part, Parts, compare, measure, within
from orchestration.publishing.postgres.shape import Found, Place

BATCH_ROWS = 20_000
AHEAD = 12
"""Batches that wait for the server at most: about 50 MB."""
Batch = tuple["Copy", bytes]


@dataclass(frozen=True, eq=False)
class Copy:
    """What changes in a table, and the parts that it has afterwards."""

    table: Table
    change: Change
    parts: Parts


@contextmanager
def copies(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[Table], loaded: Mapping[Place, Parts],
    there: Mapping[Place, Found],
) -> Iterator[Iterator[tuple[Copy, Iterator[bytes]]]]:  # fmt: skip
    """Open the tables, each with its change and the lines of CSV that are lacking, to be taken before the next one.

    ``loaded`` are the parts that PostgreSQL holds, ``there`` its tables before the copy. The connection is in use by
    a thread until the block ends.
    """
    pool = ThreadPoolExecutor(1)
    try:
        ahead = _ahead(pool, _batches(connection, tables, loaded, there))
        yield ((copy, (lines for _, lines in batches if lines)) for copy, batches in groupby(ahead, itemgetter(0)))
    finally:
        pool.shutdown(cancel_futures=True)


def _batches(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[Table], loaded: Mapping[Place, Parts],
    there: Mapping[Place, Found],
) -> Iterator[Batch]:  # fmt: skip
    for table in tables:
        held, found = loaded.get(table.place, {}), there.get(table.place)
        if shape.is_reshaped(table, found):
            held = {part: Part(one.rows, "") for part, one in held.items()}
        parts = measure(connection, table)
        copy = Copy(table, compare(parts, held), parts)
        yield copy, b""
        if copy.change.rows:
            yield from ((copy, batch) for batch in lines(connection, table, copy.change.added))


def _ahead(pool: ThreadPoolExecutor, batches: Iterator[Batch]) -> Iterator[Batch]:
    """Yield the same batches, and let the thread of the pool make the next ones meanwhile."""
    coming: deque[Future[Batch | None]] = deque(pool.submit(next, batches, None) for _ in range(AHEAD))
    while (batch := coming.popleft().result()) is not None:
        coming.append(pool.submit(next, batches, None))
        yield batch


def lines(connection: duckdb.DuckDBPyConnection, table: Table, parts: tuple[str, ...]) -> Iterator[bytes]:
    """Yield the rows of some parts as lines of CSV; null is nothing, an empty text is quoted."""
    chosen = ", ".join(f"{c.select} as {quoted(c.name)}" for c in table.columns)
    condition = within(table, table.month.select if table.month else "", parts)
    # An index is made faster of rows in its order: the server compares texts by the rules of a language.
    order = f" order by {', '.join(map(quoted, table.key.columns))}" if table.key else ""
    found = connection.sql(f"select {chosen} from {table.source} as t where {condition}{order}")
    for batch in found.to_arrow_reader(BATCH_ROWS):
        buffer = io.BytesIO()
        frame = pl.from_arrow(batch)
        assert isinstance(frame, pl.DataFrame)  # noqa: S101 - a batch has columns
        frame.write_csv(buffer, include_header=False)
        yield buffer.getvalue()
