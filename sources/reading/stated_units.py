"""Find the units that rows outside the header state: titles, titles of later pages, notes below (semantics §2).

Belongs here: which row states which unit for which column. Does not belong here: units that convert (``header``,
``unit_rows``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from sources.contracts.model import Column, Dataset
from sources.reading.files import Sheet
from sources.reading.header import Header
from sources.reading.labels import unit_below
from sources.reading.levels import ONLY_UNIT, unit_cells
from sources.reading.table import is_repeated_header
from sources.units import power_of_ten

_UNIT = r"([十百千万亿]*元|公里|米|万?人)"
_STATED = re.compile(
    rf"单位(?:[::]|均?[为是])?\s*\(?{_UNIT}(?![A-Za-z\u4e00-\u9fff])|\({_UNIT}\)"
    rf"|以{_UNIT}(?:为单位|计)|金额(?:[均都]|单位)*[为是按]{_UNIT}(?![A-Za-z\u4e00-\u9fff])|^{_UNIT}$"
)
_SIGN = "元|公里|米|人"


@dataclass(frozen=True)
class StatedUnit:
    """The unit that a row states for a column that has no unit of its own."""

    column: str
    unit: str
    row: int
    """Row number of the spreadsheet."""
    is_title: bool
    """Whether the row is above the header."""


def stated_units(sheet: Sheet, header: Header, data: pl.Series, dataset: Dataset) -> list[StatedUnit]:
    """List what the rows of a table state that are neither header nor ``data`` (row numbers), from top to bottom.

    A label with a unit takes precedence over them; so does a row of units below the header, over titles above it and
    their repetitions. A typed original has no such rows.
    """
    if sheet.is_typed:
        return []
    has_row = any(any(row) and all(ONLY_UNIT.fullmatch(text) for text in row if text) for row in header.texts)
    labelled = set() if has_row else header.units.keys()
    found: list[StatedUnit] = []
    for row, cells in _other_rows(sheet, header, data):
        is_title = row < header.first_row and bool(header.texts)
        for name, unit in _stated(sheet, row, cells, header, dataset):
            is_settled = name in header.units and (is_title or _is_said_above(name, unit, found))
            if name in labelled or (is_settled and not is_title):
                continue
            found.append(StatedUnit(name, unit, row + sheet.above + 1, is_title))
    return [s for s in found if not (s.is_title and s.column in header.units)]


def _is_said_above(name: str, unit: str, found: Sequence[StatedUnit]) -> bool:
    return any((s.column, s.unit, s.is_title) == (name, unit, True) for s in found)


def _other_rows(sheet: Sheet, header: Header, data: pl.Series) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows with a sign of a unit that are neither header nor data; they are few."""
    cells = sheet.plain
    is_aside = np.ones(cells.height, dtype=bool)
    is_aside[data.to_numpy() - sheet.above - 1] = False
    is_aside[max(0, header.first_row) : header.last_row + 1] = False
    others = np.flatnonzero(is_aside)
    has_sign = cells[others].select(pl.any_horizontal(pl.all().str.contains(_SIGN))).to_series().fill_null(False)
    others = others[has_sign.to_numpy()]
    if not len(others):
        return
    is_repeated = cells[others].select(is_repeated_header(header)).to_series()
    for row in others[~is_repeated.to_numpy()].tolist():
        yield row, [text or "" for text in cells.row(row)]


def _stated(sheet: Sheet, row: int, cells: list[str], header: Header, dataset: Dataset) -> Iterator[tuple[str, str]]:
    """Yield the columns and units of one row; in a row of units each cell is about its own column."""
    filled = [text for text in cells if text]
    if row > header.last_row and len(filled) > 1 and all(ONLY_UNIT.fullmatch(text) for text in filled):
        below = unit_cells(sheet, row, cells)
        for name, index in header.columns.items():
            unit = unit_below(below[index], dataset[name], dataset)
            if unit and power_of_ten(unit, dataset[name].unit) is not None:
                yield name, unit
        return
    units = {unit for m in _STATED.finditer(" ".join(filled)) for unit in m.groups() if unit}
    for column in dataset.numeric_columns:
        if column.name not in header.columns:
            continue
        fitting = [unit for unit in sorted(units) if power_of_ten(unit, column.unit) is not None]
        yield from ((column.name, unit) for unit in ([column.unit] if column.unit in units else fitting))


def unit_warnings(stated: Sequence[StatedUnit], dataset: Dataset) -> list[str]:
    """Warn, in Chinese, about each column with a stated unit that differs from the contract's."""
    firsts = {(s.column, s.unit): s for s in reversed(stated) if s.unit != dataset[s.column].unit}
    return [_warning(s, dataset[s.column]) for s in reversed(firsts.values())]


def _warning(stated: StatedUnit, column: Column) -> str:
    place = "标题行" if stated.is_title else f"第{stated.row}行"
    return f"{place}写明单位“{stated.unit}”,而“{column.label}”应为“{column.unit}”"


def unit_conflict(
    stated: Sequence[StatedUnit],
    units: Mapping[str, str],
    header_row: int,
    place: str,
    known: dict[str, tuple[str, str]],
    dataset: Dataset,
) -> str | None:
    """Describe, in Chinese, two rows that state different units for a column: one of them must be wrong.

    ``units`` are those of the header, which ends in row ``header_row`` of ``place``; ``known`` gathers the unit and row
    that a file states first for each column.
    """
    for s in stated:
        row = f"{place}第{s.row}行"
        settled = units.get(s.column)
        unit, first = (
            (settled, f"{place}第{header_row}行的表头") if settled else known.setdefault(s.column, (s.unit, row))
        )
        if unit != s.unit and first != row:
            column = dataset[s.column]
            return (
                f"{first}写明单位“{unit}”,{row}却写明“{s.unit}”,无法确定“{column.label}”的单位;"
                f"请统一为“{column.unit}”,并在列名中写明后重新报送。"
            )
    return None
