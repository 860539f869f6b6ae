"""Look at an xlsx a second time for the rows and columns that Excel hides.

Belongs here: hidden rows and columns. Does not belong here: struck texts (``struck``), xls (``xls_visibility``).

calamine does not tell which rows and columns are hidden.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from sources.reading.files.package import member_of, opened, sheet_paths
from sources.reading.files.second_look.signs import HIDING, SAYS_HIDDEN, STRIKING, Signs
from sources.reading.files.second_look.struck import StruckTexts, has_struck_rule, struck_cells, struck_texts
from sources.reading.files.sheet import Sheet

_CHUNK = 8 * 1024**2
_LONGEST_TAG = 1024**2
_NO_EXTENT = re.compile(rb"""\b(?:ht\s*=\s*["']0(?:\.[0-6][0-9]*)?|width\s*=\s*["']0(?:\.[0-4][0-9]*)?)["']""")
"""Less than a pixel high (0.75 points), or too narrow to show any part of a character (a width of 0.5)."""
_ROWS_OR_COLUMNS = re.compile(rb"<(?:[\w.-]+:)?(row|col)\b([^>]*)")
_NUMBER = {name: re.compile(rb"""\b%s\s*=\s*["']([0-9]{1,9})["']""" % name) for name in (b"r", b"min", b"max")}


def hidden_rows_and_columns(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, height: int, width: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the zero-based hidden rows below ``height`` and columns below ``width`` of the sheet in this part.

    One of next to no height or width is hidden, too. It takes a second for each million rows.
    """
    row, rows, columns = 0, [], set[int]()
    for kind, attributes in _tags(archive, member):
        is_hidden = bool(SAYS_HIDDEN.search(attributes) or _NO_EXTENT.search(attributes))
        if kind == b"row":
            row = _value(b"r", attributes, row + 1)
            if is_hidden and row <= height:
                rows.append(row - 1)
        elif is_hidden:
            first = _value(b"min", attributes, 1)
            columns.update(range(first - 1, min(_value(b"max", attributes, first), width)))
    return np.unique(np.array(rows, np.int64)), np.array(sorted(columns), np.int64)


def _value(name: bytes, attributes: bytes, default: int) -> int:
    found = _NUMBER[name].search(attributes)
    return int(found[1]) if found else default


def _tags(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[tuple[bytes, bytes]]:
    """Yield the rows and columns of a part: their kind and the bytes of their attributes."""
    rest = b""
    with archive.open(member) as part:
        while chunk := part.read(_CHUNK):
            block = rest + chunk
            cut = max(block.rfind(b"<"), 0)
            for found in _ROWS_OR_COLUMNS.finditer(block, 0, cut):
                yield found[1], found[2]
            rest = block[cut:][:_LONGEST_TAG]


def with_visibility(content: bytes, sheets: list[Sheet], signs: Signs) -> list[Sheet]:
    """Add to the sheets of an xlsx what is hidden or struck through in it, as far as the signs of a part say so.

    Raises RefusedError if the zip is damaged.
    """
    if not signs:
        return sheets
    with opened(content) as archive:
        paths = sheet_paths(archive)
        struck = struck_texts(archive, signs)
        return [_looked_at(archive, sheet, paths.get(sheet.number, ""), struck, signs) for sheet in sheets]


def _looked_at(archive: zipfile.ZipFile, sheet: Sheet, path: str, struck: StruckTexts, signs: Signs) -> Sheet:
    member, own = member_of(archive, path), signs.of(path)
    if member is None or sheet.is_hidden:
        return sheet
    if struck or STRIKING in own:
        whole, partly = struck_cells(archive, path, struck, STRIKING in own)
        has_rule = has_struck_rule(archive, path, struck)
        sheet = replace(sheet, struck_cells=whole, partly_struck_cells=partly, has_struck_rule=has_rule)
    if HIDING in own:
        rows, columns = hidden_rows_and_columns(archive, member, sheet.cells.height, sheet.cells.width)
        sheet = replace(sheet, hidden_rows=rows, hidden_columns=columns)
    return sheet
