"""Looking for known texts in everything that a data home keeps outside its restricted zones.

Belongs here: bytes in three encodings, and the cells of Parquet, DuckDB and SQLite files, which are compressed.
Does not belong here: what is looked for (``seeded``).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import polars as pl

ENCODINGS = ("utf-8", "utf-16-le", "gb18030")
OPEN_ZONES_ONLY = ("inbox", "restricted", "outbox")
"""Not searched: the departments' own folders, and the two zones where identities may lie."""


class Needles:
    """Texts to look for."""

    def __init__(self, texts: Iterable[str]) -> None:
        # The last one is how JSON writes Chinese.
        encodings = (*ENCODINGS, "unicode_escape")
        self._text_of = {_characters(t.encode(encoding)): t for t in texts for encoding in encodings}

    def found_in(self, content: bytes) -> set[str]:
        hits = pl.Series([_characters(content)]).str.extract_many(list(self._text_of), overlapping=True)
        return {self._text_of[hit] for hit in hits[0]}


def _characters(content: bytes) -> str:
    """A character per byte, so that one pass finds everything in whatever encoding."""
    return content.decode("latin-1")


def _cells(frame: pl.DataFrame) -> bytes:
    """Names of columns, and every distinct cell as text."""
    said = [*frame.columns]
    for column in frame:
        said += map(str, column.unique().to_list())
    return "\n".join(said).encode()


def _parquet(path: Path) -> Iterator[bytes]:
    yield _cells(pl.read_parquet(path, hive_partitioning=False))
    yield str(pl.read_parquet_metadata(path)).encode()


def _database(path: Path) -> Iterator[bytes]:
    with duckdb.connect(str(path), read_only=True) as connection:
        for schema, name in connection.execute("select schema_name, table_name from duckdb_tables()").fetchall():
            yield _cells(connection.sql(f'from "{schema}"."{name}"').pl())
        yield str(connection.execute("select sql from duckdb_views() where not internal").fetchall()).encode()


def _sqlite(path: Path) -> Iterator[bytes]:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        for (name,) in connection.execute("select name from sqlite_master where type = 'table'").fetchall():
            yield "\n".join(map(str, connection.execute(f'select * from "{name}"'))).encode()


def contents(path: Path) -> Iterator[bytes]:
    """The bytes of a file and, where they are compressed or in pages, what it says."""
    raw = path.read_bytes()
    yield raw
    if path.suffix == ".parquet":
        yield from _parquet(path)
    elif path.suffix == ".duckdb":
        yield from _database(path)
    elif raw.startswith(b"SQLite format 3"):
        yield from _sqlite(path)


def files(home: Path) -> list[Path]:
    """Every file of a data home that anybody may see, links left out: what they name is there itself."""
    open_zones = [p for p in sorted(home.iterdir()) if p.name not in OPEN_ZONES_ONLY]
    below = [f for zone in open_zones for f in (zone.rglob("*") if zone.is_dir() else [zone])]
    return [f for f in below if f.is_file() and not f.is_symlink()]


def search(home: Path, needles: Needles) -> set[tuple[str, str]]:
    """Place and text of everything found, in names of files as well."""
    found = set()
    for path in files(home):
        place = str(path.relative_to(home))
        hits = needles.found_in(place.encode())
        for content in contents(path):
            hits |= needles.found_in(content)
        found |= {(place, hit) for hit in hits}
    return found
