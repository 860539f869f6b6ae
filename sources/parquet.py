"""Read Parquet files by their path: polars takes a path with ``[``, ``*`` or ``?`` for a pattern otherwise."""

from __future__ import annotations

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
