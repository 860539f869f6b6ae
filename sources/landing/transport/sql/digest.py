"""Tell whether two originals have the same rows, whatever their order."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

_MEMORY = "256MB"


def content_of(original: Path) -> tuple[int, str]:
    """Read an original again; return the number of its rows and a digest of rows, names and types.

    The halves of each row's MD5 are summed, so that rows that are there twice count twice.
    """
    import duckdb

    with pq.ParquetFile(original) as file, duckdb.connect(config={"memory_limit": _MEMORY, "threads": "1"}) as engine:
        schema = file.schema_arrow
        rows = pa.RecordBatchReader.from_batches(
            _numbered(schema), (_renamed(batch) for batch in file.iter_batches(batch_size=20_000))
        )
        engine.register("original", rows)
        text = " || ".join(_framed(i, field.type) for i, field in enumerate(schema))
        count, low, high = engine.execute(
            "select count(*), coalesce(sum(md5_number_lower(t)), 0), coalesce(sum(md5_number_upper(t)), 0) "  # noqa: S608
            f"from (select {text} as t from original)"
        ).fetchall()[0]
    named = hashlib.sha256(str([(f.name, str(f.type)) for f in schema]).encode()).hexdigest()[:32]
    return count, f"{count}-{low:x}-{high:x}-{named}"


def _numbered(schema: pa.Schema) -> pa.Schema:
    return pa.schema([(f"c{i}", field.type) for i, field in enumerate(schema)])


def _renamed(batch: pa.RecordBatch) -> pa.RecordBatch:
    return batch.rename_columns([f"c{i}" for i in range(batch.num_columns)])


def _framed(i: int, kind: pa.DataType) -> str:
    """Write a value with its length before it, so that no two rows have the same text."""
    # The text of a time with a zone would need a time zone and an extension.
    value = f"epoch_us(c{i})" if pa.types.is_timestamp(kind) else f"c{i}"
    text = f"cast({value} as varchar)"
    return f"coalesce(length({text}) || ':' || {text}, '-')"
