"""Look a second time at an xlsx, for the cells that calamine does not tell as a person sees them.

Belongs here: which parts need it.
Does not belong here: finding the cells of a part (``walked_cells``), correcting them (``found_cells``).

The blocks of a part pass by ``watch`` anyway, to be measured. Only a part with a sign of such a cell is walked, which
takes longer than reading it.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence

import numpy as np

from sources.reading.files.package import APPLICATION, WORKBOOK, opened, sheet_paths, walk
from sources.reading.files.second_look.formats import is_plain
from sources.reading.files.second_look.found_cells import FoundCells, corrected
from sources.reading.files.second_look.walked_cells import WalkedCells, styles
from sources.reading.files.sheet import Sheet

_PROGRAMS = re.compile(
    r"\b(?:Microsoft (?:Macintosh |Office )?Excel|WPS|Kingsoft|LibreOffice|OpenOffice(?:\.org)?|Numbers)(?![A-Za-z])",
    re.IGNORECASE,
)
"""Programs that compute the formulas of what they save."""
_TRUE = ("1", "true")
_ON_LOAD = ("fullCalcOnLoad", "forceFullCalc")
_PREFIXED = b":worksheet"
_HEAD = 2048
_FORMULA, _START = b"f", re.compile(rb"[<:]f[ >]")
_MOST_LETTERS = 200
_ALONE = re.compile(rb"<f [^>]*/>(?!<v>[^<])")
"""A formula whose text is elsewhere, without a result."""


class SecondLook:
    """Takes the blocks of a workbook's parts, then corrects the cells of its sheets."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._parts: set[str] = set()
        self._has_1904_dates = self._computes_on_load = False
        with opened(content) as archive:
            walk(archive, WORKBOOK, self._workbook)
            self._is_of_known_program = bool(_PROGRAMS.search(_application(archive)))
            self._codes = styles(archive)
        altering = [str(i) for i, code in enumerate(self._codes) if not is_plain(code)]
        self._style = re.compile(rf's="(?:{"|".join(altering)})"'.encode()) if altering else None

    def _workbook(self, tag: str, attributes: dict[str, str]) -> None:
        self._has_1904_dates |= tag == "workbookPr" and attributes.get("date1904") in _TRUE
        self._computes_on_load |= tag == "calcPr" and any(attributes.get(name) in _TRUE for name in _ON_LOAD)

    def watch(self, part: str, block: bytes) -> None:
        """Note a part if a block of it has a sign of a cell to look at."""
        if part not in self._parts and self._has_sign(block):
            self._parts.add(part)

    def _has_sign(self, block: bytes) -> bool:
        """Look for signs by single bytes that a clean sheet hardly has: longer ones take a tenth of reading each."""
        if (b"#" in block and b't="e"' in block) or (b"'" in block and b"='" in block) or _PREFIXED in block[:_HEAD]:
            return True
        if self._style and self._style.search(block):
            return True
        if not _has_formula(block):
            return False
        is_trusted = self._is_of_known_program and not self._computes_on_load
        return not is_trusted or _lacks_result(block)

    def corrected(self, sheets: Sequence[Sheet]) -> list[Sheet]:
        """Return the sheets with their cells as a person sees them.

        Raises RefusedError if there are too many cells to correct.
        """
        found = self._walked([sheet.number for sheet in sheets]) if self._parts else {}
        has_result = any(cells.has_result for cells in found.values())
        are_zeros_trusted = not self._computes_on_load and (self._is_of_known_program or has_result)
        return corrected(sheets, found, are_zeros_trusted, self._has_1904_dates)

    def _walked(self, numbers: Sequence[int]) -> dict[int, FoundCells]:
        """Walk the noted parts that are sheets."""
        noted = {part.replace("\\", "/").lower() for part in self._parts}
        found: dict[int, FoundCells] = {}
        with opened(self._content) as archive:
            for number, path in sheet_paths(archive).items():
                if number in numbers and path.lower() in noted:
                    cells = WalkedCells(self._codes)
                    walk(archive, path, cells.start, cells.end, cells.text)
                    found[number] = cells.found
        return found


def _application(archive: zipfile.ZipFile) -> str:
    """Return the name of the program that wrote the workbook, as far as it says so."""
    texts, is_name = [""], False

    def start(tag: str, _: dict[str, str]) -> None:
        nonlocal is_name
        is_name = tag == "Application"

    walk(archive, APPLICATION, start, text=lambda text: texts.append(text) if is_name else None)
    return "".join(texts)


def _has_formula(block: bytes) -> bool:
    at = -1
    for _ in range(_MOST_LETTERS):
        at = block.find(_FORMULA, at + 1)
        if at < 0 or _START.match(block, max(0, at - 1)):
            return at >= 0
    return bool(_START.search(block, at))


def _lacks_result(block: bytes) -> bool:
    """Check for a formula whose cell has no result behind it; a list may have hundreds of thousands with one."""
    signs = np.frombuffer(block, np.uint8)
    at = np.flatnonzero(signs[1:-5] == ord("f")) + 1
    starts, ends = at[signs[at - 1] == ord("<")], at[(signs[at - 1] == ord("/")) & (signs[at + 1] == ord(">"))]
    starts = starts[np.isin(signs[starts + 1], (ord(" "), ord(">")))]
    is_value = [signs[ends + behind] == sign for behind, sign in enumerate(b"<v>", 2)]
    if not np.all([*is_value, signs[ends + 5] != ord("<")]):
        return True
    return len(starts) > len(ends) and bool(_ALONE.search(block))
