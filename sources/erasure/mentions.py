"""Search bytes and files for texts: as they are, and inside zip files and workbooks.

Belongs here: finding texts in content and in files of any kind that a home keeps.
Does not belong here: which texts name a person, rows of a table (``person``).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path

import polars as pl

from sources import parquet
from sources.characters import SAME
from sources.landing.archive import MAX_SIZE
from sources.landing.zips import BROKEN

_ENCODINGS = ("utf-8", "utf-16-le", "gb18030", "unicode_escape")
_AS_PRIVATE = str.maketrans({usual: c for c, usual in SAME.items() if "\ue000" <= c <= "\uf8ff"})
"""Writes characters as the points of private use for which programs, and Python's codec of GB 18030, take them."""
_ZIP = b"PK\x03\x04"
_NESTED = 2
"""Levels of zips: a workbook in a zip."""


def mentions(content: bytes, texts: Collection[str]) -> bool:
    """Check whether bytes, or the members of a zip to a depth of two, hold one of the texts in a common encoding."""
    forms = {form for text in texts for form in (text, text.translate(_AS_PRIVATE))}
    needles = {form.encode(encoding) for form in forms for encoding in _ENCODINGS}
    return any(needle in part for part in _parts(content, _NESTED) for needle in needles)


def file_mentions(path: Path, texts: Collection[str]) -> bool:
    """Check whether a file holds one of the texts, in its name or its content; cells of Parquet files are read.

    Raises OSError or polars.exceptions.PolarsError if it cannot be read.
    """
    if any(text in path.name for text in texts):
        return True
    if path.suffix == ".parquet":
        frame = parquet.read(path).select(pl.selectors.string())
        return any(mentions("\n".join(frame[name].drop_nulls().unique()).encode(), texts) for name in frame.columns)
    return mentions(path.read_bytes(), texts)


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
