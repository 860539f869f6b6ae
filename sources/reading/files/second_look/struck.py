"""Look at an xlsx a second time for the cells whose text is struck through.

Belongs here: struck fonts, struck parts of rich texts, the cells that have either.
Does not belong here: hidden rows and columns (``xlsx_visibility``), xls (``xls_visibility``).

A cell is struck through by the font of its style, or run by run within its text.
"""

from __future__ import annotations

import re
import zipfile
from array import array
from dataclasses import dataclass, field

import numpy as np

from sources.reading.files.package import STYLES, member_of, place, walk
from sources.reading.files.second_look.signs import STRIKING, Signs

STRINGS = "xl/sharedStrings.xml"
_CHUNK = 8 * 1024**2
_OVERLAP = 32
_COLUMNS = 16_384
_LONGEST_NUMBER = 10


@dataclass
class StruckTexts:
    """What strikes texts of a workbook through: styles by number, shared texts by number, as a whole or in part."""

    styles: set[int] = field(default_factory=set)
    whole: set[int] = field(default_factory=set)
    partly: set[int] = field(default_factory=set)
    rules: set[int] = field(default_factory=set)
    """Numbers of the formats that rules apply to cells with certain values."""

    def __bool__(self) -> bool:
        return bool(self.styles or self.whole or self.partly or self.rules)


def struck_texts(archive: zipfile.ZipFile, signs: Signs) -> StruckTexts:
    """Find what strikes texts through, in the parts with that sign."""
    found = StruckTexts()
    if STRIKING in signs.of(STYLES):
        styles = _Styles()
        walk(archive, STYLES, styles.start, styles.end)
        found.styles = {number for number, font in enumerate(styles.fonts_of_cells) if font in styles.struck_fonts}
        found.rules = styles.struck_rules
    if STRIKING in signs.of(STRINGS):
        texts = _SharedTexts()
        walk(archive, STRINGS, texts.start, texts.end, texts.text)
        found.whole, found.partly = texts.whole, texts.partly
    return found


def struck_cells(archive: zipfile.ZipFile, path: str, struck: StruckTexts, has_own: bool) -> tuple[np.ndarray, ...]:
    """Return (row, column) of the cells with content that are struck through as a whole, and of those in part.

    ``has_own`` says that the sheet itself mentions struck text. It takes a second for each million elements.
    """
    is_used = 0 in struck.styles or _uses(archive, path, b"s", struck.styles)
    if not (has_own or struck.whole or struck.partly or is_used):
        return _places(array("q")), _places(array("q"))
    cells = _Cells(struck)
    walk(archive, path, cells.start, cells.end, cells.text if has_own or struck.whole or struck.partly else None)
    return _places(cells.whole), _places(cells.partly)


def _places(numbers: array[int]) -> np.ndarray:
    found = np.array(numbers, np.int64)
    return np.column_stack((found // _COLUMNS, found % _COLUMNS))


def has_struck_rule(archive: zipfile.ZipFile, path: str, struck: StruckTexts) -> bool:
    """Tell whether the sheet has a rule that strikes through cells with certain values."""
    return _uses(archive, path, b"dxfId", struck.rules)


def _uses(archive: zipfile.ZipFile, path: str, attribute: bytes, numbers: set[int]) -> bool:
    """Tell whether an element of the sheet has one of these formats; formats that nothing has are common."""
    member = member_of(archive, path)
    if member is None or not numbers:
        return False
    listed = b"|".join(str(number).encode() for number in sorted(numbers))
    wanted = re.compile(rb"""\b%s\s*=\s*["'](?:%s)["']""" % (attribute, listed))
    rest = b""
    with archive.open(member) as part:
        while chunk := part.read(_CHUNK):
            if wanted.search(rest + chunk):
                return True
            rest = chunk[-_OVERLAP:]
    return False


def _number(text: str, default: int) -> int:
    """Read a number of a style, a text or a row; made-up files have longer ones."""
    return int(text) if text.isdecimal() and len(text) < _LONGEST_NUMBER else default


def _is_on(attributes: dict[str, str]) -> bool:
    return attributes.get("val", "1") not in ("0", "false")


class _Styles:
    """Follow the styles: the fonts that strike through, the font of each style of cells, and the formats of rules."""

    def __init__(self) -> None:
        self.struck_fonts: set[int] = set()
        self.fonts_of_cells: list[int] = []
        self.struck_rules: set[int] = set()
        self._list, self._font, self._rule = "", -1, -1

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Enter an element."""
        if tag in ("fonts", "cellXfs", "cellStyleXfs", "dxfs"):
            self._list = tag
        elif self._list == "fonts" and tag == "font":
            self._font += 1
        elif self._list == "fonts" and tag == "strike" and _is_on(attributes):
            self.struck_fonts.add(self._font)
        elif self._list == "dxfs" and tag == "dxf":
            self._rule += 1
        elif self._list == "dxfs" and tag == "strike" and _is_on(attributes):
            self.struck_rules.add(self._rule)
        elif self._list == "cellXfs" and tag == "xf":
            self.fonts_of_cells.append(_number(attributes.get("fontId", "0"), 0))

    def end(self, tag: str) -> None:
        """Leave an element."""
        if tag == self._list:
            self._list = ""


class _RichText:
    """Follow one text: whether its visible characters are struck through, run by run."""

    def __init__(self) -> None:
        self.has_struck = self.has_other = False
        self._is_struck = self._in_text = self._in_reading = False

    @property
    def is_whole(self) -> bool:
        """Return True if the text is struck through as a whole."""
        return self.has_struck and not self.has_other

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Enter an element of the text."""
        if tag == "r":
            self._is_struck = False
        elif tag == "strike":
            self._is_struck = _is_on(attributes)
        elif tag == "rPh":
            self._in_reading = True
        elif tag == "t":
            self._in_text = not self._in_reading

    def end(self, tag: str) -> None:
        """Leave an element of the text."""
        if tag == "t":
            self._in_text = False
        elif tag == "rPh":
            self._in_reading = False

    def text(self, text: str) -> None:
        """Take characters."""
        if self._in_text and text.strip():
            self.has_struck, self.has_other = self.has_struck or self._is_struck, self.has_other or not self._is_struck


class _SharedTexts:
    """Follow the shared texts and number those that are struck through."""

    def __init__(self) -> None:
        self.whole: set[int] = set()
        self.partly: set[int] = set()
        self._number, self._rich = -1, _RichText()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Enter an element."""
        if tag == "si":
            self._number, self._rich = self._number + 1, _RichText()
        self._rich.start(tag, attributes)

    def end(self, tag: str) -> None:
        """Leave an element."""
        self._rich.end(tag)
        if tag == "si" and self._rich.has_struck:
            (self.whole if self._rich.is_whole else self.partly).add(self._number)

    def text(self, text: str) -> None:
        """Take characters."""
        self._rich.text(text)


class _Cells:
    """Follow the cells of a sheet as calamine places them, and number those with struck content."""

    def __init__(self, struck: StruckTexts) -> None:
        self.whole, self.partly = array("q"), array("q")
        self._struck = struck
        self._row, self._column = 0, -1
        self._style, self._kind, self._is_filled, self._value = 0, "", False, ""
        self._in_value, self._rich = False, _RichText()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Enter an element: a row, a cell, or the content of a cell."""
        if tag == "c":
            self._row, self._column = place(attributes.get("r")) or (self._row, self._column + 1)
            self._style = _number(attributes.get("s", "0"), 0)
            self._kind, self._is_filled, self._value = attributes.get("t", ""), False, ""
        elif tag == "v":
            self._is_filled = self._in_value = True
        elif tag == "is":
            self._is_filled, self._rich = True, _RichText()
        elif tag == "row":
            self._row, self._column = _number(attributes.get("r", ""), self._row + 1) - 1, -1
        if self._kind == "inlineStr":
            self._rich.start(tag, attributes)

    def end(self, tag: str) -> None:
        """Leave an element."""
        if tag == "c":
            if self._is_filled:
                self._count()
            self._kind = ""
        elif tag == "v":
            self._in_value = False
        elif tag == "row":
            self._row += 1
        elif self._kind == "inlineStr":
            self._rich.end(tag)

    def text(self, text: str) -> None:
        """Take characters."""
        if self._in_value and self._kind == "s":
            self._value = (self._value + text)[:_LONGEST_NUMBER]
        elif self._kind == "inlineStr":
            self._rich.text(text)

    def _count(self) -> None:
        shared = _number(self._value.strip(), -1)
        is_inline = self._kind == "inlineStr"
        place = self._row * _COLUMNS + self._column
        if self._style in self._struck.styles or shared in self._struck.whole or (is_inline and self._rich.is_whole):
            self.whole.append(place)
        elif shared in self._struck.partly or (is_inline and self._rich.has_struck):
            self.partly.append(place)
