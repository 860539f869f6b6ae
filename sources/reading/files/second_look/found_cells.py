"""Correct the cells that a second look has found, so that they say what a person sees.

Belongs here: the kinds of such cells, the sheets with them corrected.
Does not belong here: finding them (``walked_cells``, ``xls_cells``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sources.reading.files.second_look.computed import FormulaCell, Place, Result, computed
from sources.reading.files.second_look.formats import shown, shown_text
from sources.reading.files.sheet import TEXT, Sheet
from sources.refusal import RefusedError

MOST = 2_000_000
"""Cells that may be corrected in a workbook; each takes a few hundred bytes meanwhile."""
TOO_MANY = f"需要逐格核对的公式、错误值和特殊数字格式超过{MOST // 10_000}万个;请复制后“粘贴为数值”,重新报送。"


@dataclass
class FoundCells:
    """Cells of one sheet that calamine does not tell as a person sees them, by their places."""

    errors: dict[Place, str] = field(default_factory=dict)
    formats: dict[Place, tuple[str, str | None]] = field(default_factory=dict)
    """Format that alters what is shown, and the number that it is about; None for a text."""
    uncomputed: dict[Place, FormulaCell] = field(default_factory=dict)
    """Formulas without a result."""
    zeros: dict[Place, FormulaCell] = field(default_factory=dict)
    """Formulas whose result is 0 or empty, which programs write that do not compute."""
    has_result: bool = False
    """Whether a formula has any other result."""

    def check(self) -> None:
        """Check the number of cells while they are collected. Raises RefusedError if there are too many."""
        if len(self.errors) + len(self.formats) + len(self.uncomputed) + len(self.zeros) > MOST:
            raise RefusedError(TOO_MANY)


def corrected(
    sheets: Sequence[Sheet], found: Mapping[int, FoundCells], are_zeros_trusted: bool, has_1904_dates: bool
) -> list[Sheet]:
    """Return the sheets with the found cells, by sheet number, as a person sees them.

    A formula without a result that cannot be computed safely becomes its own text, ``=A1``.
    """
    formulas = {n: cells.uncomputed | ({} if are_zeros_trusted else cells.zeros) for n, cells in found.items()}
    results = computed(sheets, formulas, {n: cells.errors.keys() for n, cells in found.items()}, has_1904_dates)
    return [
        replace(
            sheet.with_cells(_changes(sheet, found[sheet.number], results[sheet.number]))
            if sheet.number in found and not sheet.is_hidden
            else sheet,
            has_1904_dates=has_1904_dates,
        )
        for sheet in sheets
    ]


def _changes(sheet: Sheet, cells: FoundCells, results: dict[Place, Result]) -> dict[int, dict[int, Result]]:
    """Give the new text and type of cells by column and row."""
    changes: dict[int, dict[int, Result]] = defaultdict(dict)
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
