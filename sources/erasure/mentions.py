"""Search bytes for a person: as they are, and inside zip files and workbooks.

Belongs here: finding the person's id and names in content and in files of any kind that a home keeps.
Does not belong here: rows of a table (``person``).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from sources import parquet
from sources.erasure.person import Person
from sources.landing.archive import MAX_SIZE
from sources.landing.zips import BROKEN
from sources.privacy.people import SHORTEST_NAME

_ENCODINGS = ("utf-8", "utf-16-le", "gb18030", "unicode_escape")
_ZIP = b"PK\x03\x04"
_NESTED = 2
"""Levels of zips: a workbook in a zip."""


def mentions(content: bytes, person: Person) -> bool:
    """Check whether bytes hold the person's id, or a name of three characters and more, in a common encoding.

    Shorter names are also words. Members of a zip are unpacked, to a depth of two.
    """
    needles = [text.encode(encoding) for text in _needles(person) for encoding in _ENCODINGS]
    return any(needle in part for part in _parts(content, _NESTED) for needle in needles)


def file_mentions(path: Path, person: Person) -> bool:
    """Check whether a file mentions the person, in its name or its content; cells of Parquet files are read."""
    if person.hide(path.name) != path.name:
        return True
    if path.suffix == ".parquet":
        frame = parquet.read(path).select(pl.selectors.string())
        return any(mentions("\n".join(frame[name].drop_nulls().unique()).encode(), person) for name in frame.columns)
    return mentions(path.read_bytes(), person)


def _spellings(person: Person) -> set[str]:
    return {person.resident_id, person.resident_id.lower()}


def _needles(person: Person) -> Iterator[str]:
    yield from _spellings(person)
    yield from (name for name in person.names if len(name) >= SHORTEST_NAME)


def _parts(content: bytes, depth: int) -> Iterator[bytes]:
    yield content
    if depth and content.startswith(_ZIP):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                for member in archive.infolist():
                    yield member.filename.encode()
                    if member.file_size <= MAX_SIZE:
                        yield from _parts(archive.read(member), depth - 1)
        except BROKEN:
            return
