"""Look a second time at an xlsx, for the cells that calamine does not tell as a person sees them.

Belongs here: which parts need it, correcting the sheets.
Does not belong here: finding the cells of a part (``walked_cells``), formats (``formats``), formulas (``computed``).

The blocks of a part pass by ``watch`` anyway, to be measured. Only a part with a sign of such a cell is walked, which
takes longer than reading it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from sources.reading.files.computed import Result, computed
from sources.reading.files.formats import is_plain, shown, shown_text
from sources.reading.files.package import APPLICATION, WORKBOOK, opened, sheet_paths, walk
from sources.reading.files.sheet import TEXT, Sheet
from sources.reading.files.walked_cells import Place, WalkedCells, styles
from sources.refusal import RefusedError

MOST = 2_000_000
"""Cells that may be corrected in a workbook; each takes a few hundred bytes meanwhile."""
TOO_MANY = f"需要逐格核对的公式、错误值和特殊数字格式超过{MOST // 10_000}万个;请复制后“粘贴为数值”,重新报送。"
_PROGRAMS = re.compile("Excel|WPS|Kingsoft|LibreOffice|OpenOffice|Numbers", re.IGNORECASE)
"""Programs that compute the formulas of what they save."""
_TRUE = ("1", "true")
_PREFIXED = b":worksheet"
_HEAD = 2048
_FORMULA, _START = b"f", re.compile(rb"[<:]f[ >]")
_MOST_LETTERS = 200
_WITHOUT_RESULT = re.compile(rb"/f>(?!<v>[^<])|<f [^>]*/>(?!<v>[^<])")


class SecondLook:
    """Takes the blocks of a workbook's parts, then corrects the cells of its sheets."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._parts: set[str] = set()
        self._has_1904_dates = self._computes_on_load = self._is_of_known_program = False
        with opened(content) as archive:
            walk(archive, WORKBOOK, self._workbook)
            walk(archive, APPLICATION, lambda *_: None, text=self._application)
            self._codes = styles(archive)
        altering = [str(i) for i, code in enumerate(self._codes) if not is_plain(code)]
        self._style = re.compile(rf's="(?:{"|".join(altering)})"'.encode()) if altering else None

    def _workbook(self, tag: str, attributes: dict[str, str]) -> None:
        self._has_1904_dates |= tag == "workbookPr" and attributes.get("date1904") in _TRUE
        self._computes_on_load |= tag == "calcPr" and attributes.get("fullCalcOnLoad") in _TRUE

    def _application(self, text: str) -> None:
        self._is_of_known_program |= bool(_PROGRAMS.search(text))

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
        return not is_trusted or bool(_WITHOUT_RESULT.search(block))

    def corrected(self, sheets: Sequence[Sheet]) -> list[Sheet]:
        """Return the sheets with their cells as a person sees them.

        A formula without a result that cannot be computed safely becomes its own text, ``=A1``. Raises RefusedError if
        there are too many cells to correct.
        """
        if not self._parts:
            return [replace(sheet, has_1904_dates=self._has_1904_dates) for sheet in sheets]
        found = self._walked([sheet.number for sheet in sheets])
        is_distrusted = self._computes_on_load or not (
            self._is_of_known_program or any(cells.has_result for cells in found.values())
        )
        formulas = {n: cells.uncomputed | (cells.zeros if is_distrusted else {}) for n, cells in found.items()}
        if sum(len(c.errors) + len(c.formats) + len(formulas[n]) for n, c in found.items()) > MOST:
            raise RefusedError(TOO_MANY)
        errors = {n: cells.errors.keys() for n, cells in found.items()}
        results = computed(sheets, formulas, errors, self._has_1904_dates)
        return [
            replace(
                sheet.with_cells(_changes(sheet, found[sheet.number], results[sheet.number])),
                has_1904_dates=self._has_1904_dates,
            )
            if sheet.number in found
            else replace(sheet, has_1904_dates=self._has_1904_dates)
            for sheet in sheets
        ]

    def _walked(self, numbers: Sequence[int]) -> dict[int, WalkedCells]:
        """Walk the noted parts that are sheets."""
        noted = {part.replace("\\", "/").lower() for part in self._parts}
        found: dict[int, WalkedCells] = {}
        with opened(self._content) as archive:
            for number, path in sheet_paths(archive).items():
                if number in numbers and path.lower() in noted:
                    found[number] = WalkedCells(self._codes)
                    walk(archive, path, found[number].start, found[number].end, found[number].text)
        return found


def _has_formula(block: bytes) -> bool:
    at = -1
    for _ in range(_MOST_LETTERS):
        at = block.find(_FORMULA, at + 1)
        if at < 0 or _START.match(block, max(0, at - 1)):
            return at >= 0
    return bool(_START.search(block, at))


def _changes(sheet: Sheet, cells: WalkedCells, results: dict[Place, Result]) -> dict[int, dict[int, Result]]:
    """Give the new text and type of cells by column and row; a hidden sheet has no cells."""
    changes: dict[int, dict[int, Result]] = defaultdict(dict)
    if sheet.is_hidden:
        return changes
    for (row, column), text in cells.errors.items():
        changes[column][row] = (text, TEXT)
    for (row, column), (code, number) in cells.formats.items():
        is_within = row < sheet.cells.height and column < sheet.cells.width
        written = sheet.cells[row, column] if is_within and number is None else None
        seen = shown(code, number) if number else shown_text(code, written) if written else None
        if seen:
            changes[column][row] = (seen.text, seen.type)
    for (row, column), result in results.items():
        changes[column][row] = result
    return changes
