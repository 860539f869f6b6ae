"""Walk the parts of an xlsx: the part of each sheet, and the elements of a part one by one.

Belongs here: what every second look at a workbook needs.
Does not belong here: cells for the lists (``excel``), what a second look looks for, limits (``extent``).

Names and paths are taken as calamine takes them. Parts are streamed: a sheet may unpack to a gigabyte.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from xml.parsers import expat

from sources.landing.zips import BROKEN, DAMAGED
from sources.refusal import RefusedError

WORKBOOK, STYLES, APPLICATION = "xl/workbook.xml", "xl/styles.xml", "docProps/app.xml"
_RELATIONSHIPS = "xl/_rels/workbook.xml.rels"
_PLACE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")

Start = Callable[[str, dict[str, str]], None]
"""Takes an element that begins: its name without a prefix, its attributes (only ``r:id`` keeps its prefix's name)."""


@contextmanager
def opened(content: bytes) -> Iterator[zipfile.ZipFile]:
    """Open the package. Raises RefusedError if the zip is damaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield archive
    except BROKEN:
        raise RefusedError(DAMAGED) from None


def walk(
    archive: zipfile.ZipFile,
    path: str,
    start: Start,
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Call ``start``, ``end`` and ``text`` for the elements of a part in their order; none if there is no such part.

    A part that is not well formed is walked up to there. It takes a second for each million elements.
    """
    member = member_of(archive, path)
    if member is None:
        return
    parser = expat.ParserCreate("UTF-8")
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: start(name.rpartition(":")[2], attributes)
    if end:
        parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
    if text:
        parser.CharacterDataHandler = text
    with suppress(expat.ExpatError), archive.open(member) as part:
        parser.ParseFile(part)


def sheet_paths(archive: zipfile.ZipFile) -> dict[int, str]:
    """Give the path of each sheet by its number, which is its position in the workbook, from 1."""
    targets: dict[str, str] = {}
    sheets: list[str] = []

    def relationship(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def sheet(tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet":
            sheets.append(next((value for name, value in attributes.items() if name.endswith(":id")), ""))

    walk(archive, _RELATIONSHIPS, relationship)
    walk(archive, WORKBOOK, sheet)
    return {number: _path(targets[key]) for number, key in enumerate(sheets, 1) if key in targets}


def place(reference: str | None) -> tuple[int, int] | None:
    """Return row and column of a reference such as D5, zero based; None if it is none."""
    found = _PLACE.fullmatch(reference or "")
    return (int(found[2]) - 1, column_number(found[1]) - 1) if found else None


def column_number(letters: str) -> int:
    """Return the number of a column, from 1."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def column_letters(number: int) -> str:
    """Return the letters of a column number, which counts from 1."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _path(target: str) -> str:
    return target.lstrip("/") if target.startswith(("/xl/", "xl/")) else f"xl/{target}"


def member_of(archive: zipfile.ZipFile, path: str) -> zipfile.ZipInfo | None:
    """Find a member whatever the case of its name and the direction of its slashes."""
    wanted = plain_name(path)
    return next((m for m in archive.infolist() if plain_name(m.filename) == wanted), None)


def plain_name(name: str) -> str:
    """Give the form in which names of parts are compared."""
    return name.replace("\\", "/").lower()
