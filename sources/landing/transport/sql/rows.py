"""Write the rows of a result into Parquet, batch by batch, with the types that the server announced.

Belongs here: arrays of values, batches that fit into memory, decimals without announced places.
Does not belong here: how rows arrive (``server``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sources.home import replacing
from sources.landing.transport.copying import MAX_BYTES, MAX_SECONDS
from sources.landing.transport.sql.server import MAX_PRECISION, SourceColumn
from sources.landing.transport.trouble import TransportError, own_disk

Fetch = Callable[[int], Sequence[tuple[Any, ...]]]
"""Function that fetches up to so many rows."""
_FIRST, _MOST = 1_000, 20_000
"""Rows of the first batch, which tells how wide rows are, and of any batch."""
_BATCH_BYTES = 32 * 1024**2


def write_rows(fetch: Fetch, columns: Sequence[SourceColumn], target: Path) -> tuple[int, pa.Schema]:
    """Write all rows; return their number and the schema.

    Decimals without announced places are written as texts first; once all rows are there, they get as many places as
    the values have. Raises TransportError for a value that its column's type does not have, OSError if our own disk
    fails.
    """
    schema = pa.schema([(c.name, c.type or pa.string()) for c in columns])
    places: dict[int, tuple[int, int]] = {i: (1, 0) for i, c in enumerate(columns) if c.type is None}
    rows, count, began = 0, _FIRST, time.monotonic()
    with own_disk(), target.open("wb") as sink, pq.ParquetWriter(sink, schema, compression="zstd") as writer:
        while batch := fetch(count):
            arrays = [_array(c, values) for c, values in zip(columns, zip(*batch, strict=True), strict=True)]
            for i, (whole, part) in places.items():
                arrays[i], places[i] = _as_text(arrays[i], whole, part)
            table = pa.Table.from_arrays(arrays, schema=schema)
            writer.write_table(table, row_group_size=_MOST)
            rows += len(batch)
            count = max(1, min(_MOST, _BATCH_BYTES * len(batch) // max(table.nbytes, 1)))
            _check_limits(sink.tell(), time.monotonic() - began)
    if places:
        schema = _with_places(target, schema, columns, places)
    return rows, schema


def _array(column: SourceColumn, values: Sequence[Any]) -> pa.Array:
    try:
        if column.read is not None:
            return column.read(values)
        return pa.array(values, column.type)
    except (pa.ArrowException, ValueError, TypeError, OverflowError):
        raise TransportError(
            f"列“{column.name}”有其类型 {column.source_type} 放不下的值(例如 0000-00-00、NaN 或位数过多)",
            "请在查询里排除这样的值,或用 cast 转换",
        ) from None


def _as_text(decimals: pa.Array, whole: int, part: int) -> tuple[pa.Array, tuple[int, int]]:
    """Write decimals as texts, and count the digits before and after the point."""
    if pa.types.is_null(decimals.type):
        return decimals.cast(pa.string()), (whole, part)
    found = decimals.type
    return decimals.cast(pa.string()), (max(whole, found.precision - found.scale), max(part, found.scale))


def _with_places(
    target: Path, schema: pa.Schema, columns: Sequence[SourceColumn], places: dict[int, tuple[int, int]]
) -> pa.Schema:
    """Turn texts of decimals into decimals of one type per column."""
    for i, (whole, part) in places.items():
        if whole + part > MAX_PRECISION:
            raise TransportError(
                f"列“{columns[i].name}”的数字超过 {MAX_PRECISION} 位", "请在查询里用 round 或 cast 写明小数位数"
            )
        schema = schema.set(i, pa.field(columns[i].name, pa.decimal128(MAX_PRECISION, part)))
    with (
        own_disk(),
        replacing(target) as typed,
        pq.ParquetFile(target) as source,
        pq.ParquetWriter(typed, schema, compression="zstd") as writer,
    ):
        for batch in source.iter_batches(_MOST):
            writer.write_table(pa.Table.from_batches([batch]).cast(schema), row_group_size=_MOST)
    return schema


def _check_limits(size: int, seconds: float) -> None:
    if size > MAX_BYTES:
        raise TransportError(f"查询结果超过 {MAX_BYTES // 1024**3} GiB", "请在查询里只取需要的行和列")
    if seconds > MAX_SECONDS:
        raise TransportError(f"一个查询取了超过 {MAX_SECONDS / 60:.0f} 分钟", "请检查网络速度,或缩小查询", True)
