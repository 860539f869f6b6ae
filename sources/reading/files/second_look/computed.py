"""Give the results of formulas without one, from the cells of the sheets.

Belongs here: the contents of cells for formulas, results as texts with their types.
Does not belong here: the language of formulas (``formulas``), finding them (``walked_cells``, ``xls_cells``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from sources.reading.files.second_look.formats import is_date, shown
from sources.reading.files.second_look.formula_functions import NotComputableError, Value, text_of
from sources.reading.files.second_look.formulas import Cell, compute
from sources.reading.files.sheet import DATE, NUMBER, OTHER, TEXT, UNCLEAR, UNCOMPUTED, Sheet

MOST_VISITS = 10_000_000
"""Cells that all formulas of a workbook may look at, about half a minute; the others are not computed."""
_DEEPEST = 30
"""Formulas that wait for each other."""
_FIRST_DAY = {False: dt.date(1899, 12, 30), True: dt.date(1904, 1, 1)}
"""Day 0 of serial numbers, without and with dates from 1904; days before March 1900 are one off, as none is."""
_SECONDS = 24 * 60 * 60
Place = tuple[int, int]
"""Row and column, zero based."""
Result = tuple[str | None, int]
"""Text and type of a cell."""


@dataclass(frozen=True)
class FormulaCell:
    """A formula without its equals sign, empty if it is unknown, and the number format of its cell."""

    formula: str
    code: str


def computed(
    sheets: Sequence[Sheet],
    formulas: Mapping[int, Mapping[Place, FormulaCell]],
    errors: Mapping[int, Set[Place]],
    has_1904_dates: bool,
) -> dict[int, dict[Place, Result]]:
    """Compute formulas by sheet number and place; one that cannot be computed is its own text, ``=A1``."""
    book = _Book(sheets, formulas, errors, _FIRST_DAY[has_1904_dates])
    return {number: {at: book.result(number, at) for at in of_sheet} for number, of_sheet in formulas.items()}


class _Book:
    def __init__(
        self,
        sheets: Sequence[Sheet],
        formulas: Mapping[int, Mapping[Place, FormulaCell]],
        errors: Mapping[int, Set[Place]],
        first_day: dt.date,
    ) -> None:
        self._sheets = {sheet.number: sheet for sheet in sheets}
        self._numbers = {sheet.name.casefold(): sheet.number for sheet in sheets}
        self._formulas, self._errors, self._first_day = formulas, errors, first_day
        self._values: dict[tuple[int, Place], Value | NotComputableError] = {}
        self._columns: dict[tuple[int, int], tuple[list[str | None], np.ndarray]] = {}
        self._visits = self._depth = 0

    def result(self, number: int, at: Place) -> Result:
        """Return text and type of a formula's cell as its format shows them."""
        cell = self._formulas[number][at]
        try:
            value = self._computed(number, at)
        except NotComputableError:
            return f"={cell.formula or '(公式)'}", UNCOMPUTED
        if isinstance(value, bool):
            return str(value).lower(), OTHER
        if not isinstance(value, Decimal):
            return value or None, TEXT
        if is_date(cell.code):
            return self._day(value)
        seen = shown(cell.code, text_of(value))
        return (seen.text, seen.type) if seen else (text_of(value), NUMBER)

    def _day(self, serial: Decimal) -> Result:
        """Write a serial number as calamine does: 0 is a time of day."""
        if serial == 0:
            return "00:00:00", OTHER
        try:
            return str(self._first_day + dt.timedelta(days=int(serial))), DATE if serial > 0 else UNCLEAR
        except OverflowError:
            return text_of(serial), UNCLEAR

    def _computed(self, number: int, at: Place) -> Value:
        key = (number, at)
        if key not in self._values:
            if self._depth >= _DEEPEST:
                raise NotComputableError
            # Until it is known: a formula that needs its own result is not computable.
            self._values[key] = NotComputableError()
            self._depth += 1
            try:
                self._values[key] = compute(self._formulas[number][at].formula, lambda cell: self._value(number, cell))
            except NotComputableError as error:
                self._values[key] = error
            finally:
                self._depth -= 1
        value = self._values[key]
        if isinstance(value, NotComputableError):
            raise value
        return value

    def _value(self, own: int, cell: Cell) -> Value:
        """Return the content of a cell for a formula of the sheet ``own``."""
        name, row, column = cell
        number = own if name is None else self._numbers.get(name.casefold(), 0)
        self._visits += 1
        if number not in self._sheets or self._sheets[number].is_hidden or self._visits > MOST_VISITS:
            raise NotComputableError
        at = (row, column)
        if at in self._errors.get(number, ()):
            raise NotComputableError
        return self._computed(number, at) if at in self._formulas.get(number, ()) else self._content(number, at)

    def _content(self, number: int, at: Place) -> Value:
        sheet, (row, column) = self._sheets[number], at
        if row >= sheet.cells.height or column >= sheet.cells.width:
            return None
        if (number, column) not in self._columns:
            self._columns[number, column] = sheet.cells[f"c{column}"].to_list(), sheet.type_of(column)
        texts, types = self._columns[number, column]
        text, kind = texts[row], types[row]
        if text is None or kind == TEXT:
            return text
        if kind == NUMBER:
            return Decimal(text)
        if kind == DATE:
            since = dt.datetime.fromisoformat(text) - dt.datetime.combine(self._first_day, dt.time())
            return since.days + Decimal(since.seconds) / _SECONDS
        if text in ("true", "false"):
            return text == "true"
        raise NotComputableError
