"""Read Parquet files by their path: polars takes a path with ``[``, ``*`` or ``?`` for a pattern otherwise."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import polars as pl


def scan(path: Path) -> pl.LazyFrame:
    """Scan one file lazily."""
    return pl.scan_parquet(path, glob=False)


def read(path: Path, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """Read one file, or some of its columns. Raises OSError or polars.exceptions.PolarsError if it cannot be read."""
    return pl.read_parquet(path, columns=list(columns) if columns is not None else None, glob=False)


def schema(path: Path) -> pl.Schema:
    """Read the columns and types of one file."""
    return scan(path).collect_schema()


def schema_of(content: bytes) -> dict[str, pl.DataType]:
    """Read the columns and types of a file from its bytes. Raises polars.exceptions.PolarsError if it is damaged."""
    return pl.read_parquet_schema(io.BytesIO(content))


def columns_of(content: bytes, columns: Sequence[str]) -> pl.DataFrame:
    """Read columns of a file from its bytes. Raises polars.exceptions.PolarsError if it is damaged."""
    return pl.read_parquet(io.BytesIO(content), columns=list(columns), glob=False)
