"""Collect the cells of an xlsx sheet that a second look is about.

Belongs here: which cells of a sheet's part they are. Does not belong here: their correction (``found_cells``).
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from contextlib import suppress

from sources.reading.files.package import STYLES, place, walk
from sources.reading.files.second_look.computed import FormulaCell, Place
from sources.reading.files.second_look.formats import code_of, general, is_plain
from sources.reading.files.second_look.found_cells import FoundCells

_NUMBERS, _TEXTS = (None, "n"), ("s", "str", "inlineStr")


def styles(archive: zipfile.ZipFile) -> list[str]:
    """List the code of the number format of each cell style."""
    codes: dict[int, str] = {}
    numbers: list[int] = []
    is_about_cells = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal is_about_cells
        with suppress(ValueError):
            if tag == "numFmt":
                codes[int(attributes.get("numFmtId", ""))] = attributes.get("formatCode", "")
            elif tag in ("cellXfs", "cellStyleXfs"):
                is_about_cells = tag == "cellXfs"
            elif tag == "xf" and is_about_cells:
                numbers.append(int(attributes.get("numFmtId", "0")))

    def end(tag: str) -> None:
        nonlocal is_about_cells
        is_about_cells = is_about_cells and tag != "cellXfs"

    walk(archive, STYLES, start, end)
    return [code_of(number, codes) for number in numbers]


class WalkedCells:
    """Takes the elements of a sheet and keeps the cells to look at by their places."""

    def __init__(self, codes: Sequence[str]) -> None:
        self.found = FoundCells()
        self._codes = codes
        self._altering = {str(i) for i, code in enumerate(codes) if not is_plain(code)}
        self._row, self._column = 0, -1
        self._cell: dict[str, str] = {}
        self._value: str | None = None
        self._formula: str | None = None
        self._is_whole = True
        self._open = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Enter a row, a cell, its formula or its value."""
        if tag == "row":
            number = attributes.get("r", "")
            self._row, self._column = (int(number) - 1 if number.isdecimal() else self._row), -1
        elif tag == "c":
            at = place(attributes.get("r"))
            self._row, self._column = at or (self._row, self._column + 1)
            self._cell, self._value, self._formula = attributes, None, None
        elif tag == "f":
            self._open, self._formula = tag, ""
            # The text of a shared formula is that of its first cell; that of an array gives several cells.
            self._is_whole = attributes.get("t") in (None, "normal") or (
                attributes.get("t") == "shared" and "ref" in attributes
            )
        elif tag == "v":
            self._open, self._value = tag, ""

    def text(self, text: str) -> None:
        """Take text of a formula or a value."""
        if self._open == "v":
            self._value = (self._value or "") + text
        elif self._open == "f":
            self._formula = (self._formula or "") + text

    def end(self, tag: str) -> None:
        """Leave an element; a cell is then known."""
        self._open = ""
        if tag == "row":
            self._row += 1
            self.found.check()
        elif tag == "c":
            kind, at = self._cell.get("t"), (self._row, self._column)
            if self._formula is not None:
                self._keep_formula(kind, at)
            if kind == "e":
                self.found.errors[at] = self._value or "#VALUE!"
            elif self._cell.get("s") in self._altering:
                self._keep_format(kind, at)

    def _keep_formula(self, kind: str | None, at: Place) -> None:
        cell = FormulaCell(self._formula or "" if self._is_whole else "", self._code())
        if not self._value and not (kind == "str" and self._value is not None):
            self.found.uncomputed[at] = cell
        elif (kind == "str" and not self._value) or (kind in _NUMBERS and not (self._value or "").strip("0.")):
            self.found.zeros[at] = cell
        else:
            self.found.has_result = True

    def _keep_format(self, kind: str | None, at: Place) -> None:
        if kind in _TEXTS:
            self.found.formats[at] = (self._code(), None)
        elif kind in _NUMBERS and self._value:
            with suppress(ValueError):
                self.found.formats[at] = (self._code(), general(float(self._value)))

    def _code(self) -> str:
        style = self._cell.get("s", "0")
        known = style.isdecimal() and int(style) < len(self._codes)
        return self._codes[int(style)] if known else "General"
