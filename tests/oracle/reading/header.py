"""Where the header of a sheet is, what its columns are, and which rows below are data.

Belongs here: §2 of the semantics except decoding. Does not belong here: typed values.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

from tests.oracle.catalogue import Column, Dataset
from tests.oracle.reading.cells import CellError, clean, is_missing, number, text_of, unit_factor
from tests.oracle.reading.sheets import RefusedError, Sheet

SEARCHED_ROWS = 20
TOTALS = ("合计", "小计", "总计")
FOOTERS = ("填表人", "审核人", "制表", "备注")


@dataclass
class Header:
    first_row: int
    last_row: int
    columns: dict[int, tuple[Column, str | None]]
    """Sheet column -> contract column and the unit that the header names."""

    def missing(self, dataset: Dataset) -> list[str]:
        present = {column.name for column, _ in self.columns.values()}
        return [c.name for c in dataset.columns if c.required and c.name not in present]


@cache
def _cleaned(headers: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(clean, headers))


def _column_of(text: str, dataset: Dataset) -> tuple[Column, str | None] | None:
    """The contract column that a header text stands for, and the unit in its trailing bracket."""
    for column in dataset.columns:
        if text in _cleaned(column.headers):
            return column, None
    match = re.fullmatch(r"(.+)\((?:单位:?)?([^()]+)\)", text)
    if match:
        for column in dataset.columns:
            if column.unit is not None and match[1] in _cleaned(column.headers):
                return column, match[2]
    return None


def _is_merged(sheet: Sheet, row: int, column: int) -> tuple[int, int, int, int] | None:
    for merge in sheet.merges:
        if merge[0] <= row <= merge[2] and merge[1] <= column <= merge[3]:
            return merge
    return None


def _group_head(sheet: Sheet, row: int, column: int) -> str:
    """The upper text above a column: its own cell, its merged range's, or in a row without merges that to the left."""
    merge = _is_merged(sheet, row, column)
    if merge:
        return text_of(sheet.cell(merge[0], merge[1]))
    reaches = not any(top <= row <= bottom for top, _, bottom, _ in sheet.merges)
    for left in range(column, -1 if reaches else column - 1, -1):
        text = text_of(sheet.cell(row, left))
        if text:
            return text
    return ""


def _texts(sheet: Sheet, row: int, rows: int, column: int) -> list[str]:
    """Header texts to try for a column, best first."""
    if rows == 1:
        return [text_of(sheet.cell(row, column))]
    own, lower = text_of(sheet.cell(row, column)), text_of(sheet.cell(row + 1, column))
    if not lower:
        return [own]
    return [_group_head(sheet, row, column) + lower, lower]


def _candidate(sheet: Sheet, row: int, rows: int, dataset: Dataset) -> Header:
    columns: dict[int, tuple[Column, str | None]] = {}
    for column in range(sheet.width):
        for text in _texts(sheet, row, rows, column):
            found = _column_of(text, dataset) if text else None
            if found and found[0] not in [c for c, _ in columns.values()]:
                columns[column] = found
                break
    return Header(row, row + rows - 1, columns)


def find_header(sheet: Sheet, dataset: Dataset) -> Header | None:
    """The row or two rows among the first 20 that match the most columns.

    None where they match fewer than two, or fewer than half of the required columns: then it is no header.
    """
    last = min(SEARCHED_ROWS, len(sheet.rows))
    candidates = [_candidate(sheet, row, rows, dataset) for rows in (1, 2) for row in range(last) if row + rows <= last]
    best = max(candidates, key=lambda h: len(h.columns), default=None)
    # The same row with the one below it, where that names units: names above, units below.
    for other in candidates:
        if best and (other.first_row, len(other.columns)) == (best.first_row, len(best.columns)):
            best = max(best, other, key=lambda h: sum(unit is not None for _, unit in h.columns.values()))
    required = sum(c.required for c in dataset.columns)
    if best is None or required - len(best.missing(dataset)) < max(2, required / 2):
        return None
    return best


def later_headers(sheet: Sheet, header: Header, dataset: Dataset) -> list[Header]:
    """The headers of further tables below: rows that name half of the required columns otherwise than the one before.

    Only headers of one row are looked for.
    """
    found = [header]
    required = sum(c.required for c in dataset.columns)
    for row in range(header.last_row + 1, len(sheet.rows)):
        other = _candidate(sheet, row, 1, dataset)
        if len(other.columns) >= max(2, required / 2) and not _is_repeated_header(sheet, row, found[-1]):
            found.append(other)
    return found[1:]


def check_doubles(sheet: Sheet, header: Header, dataset: Dataset, rows: list[int]) -> None:
    """Raises RefusedError where another column of the same name has other contents, if any, or another unit."""
    height = header.last_row - header.first_row + 1
    for index in set(range(sheet.width)) - set(header.columns):
        texts = _texts(sheet, header.first_row, height, index)
        found = next((match for text in texts if text and (match := _column_of(text, dataset))), None)
        first = next((i for i, (column, _) in header.columns.items() if found and column == found[0]), None)
        contents = [[text_of(sheet.filled(row, i)) for row in rows] for i in (index, first) if i is not None]
        is_twice = found is not None and first is not None and any(contents[0])
        if is_twice and (contents[0] != contents[1] or found[1] != header.columns[first][1]):
            raise RefusedError(f"{found[0].name} twice")


def check_units(header: Header) -> None:
    """Raises RefusedError where a header names a unit that cannot be converted."""
    for column, unit in header.columns.values():
        if unit is not None and unit_factor(unit, column.unit) is None:
            raise RefusedError(f"unit of {column.name}")


@dataclass
class Body:
    data: list[int] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)


def _first_text(sheet: Sheet, row: int) -> tuple[int, str]:
    for column in range(sheet.width):
        text = text_of(sheet.cell(row, column))
        if text:
            return column, text
    return -1, ""


def _is_repeated_header(sheet: Sheet, row: int, header: Header) -> bool:
    same = 0
    for column in header.columns:
        text = text_of(sheet.cell(row, column))
        if not text:
            continue
        if text not in [text_of(sheet.cell(r, column)) for r in range(header.first_row, header.last_row + 1)]:
            return False
        same += 1
    return same >= 2


def _is_footer(sheet: Sheet, row: int, header: Header, dataset: Dataset) -> bool:
    first, text = _first_text(sheet, row)
    if not text.startswith(FOOTERS):
        return False
    keys = [i for i, (column, _) in header.columns.items() if column.name in dataset.key and i != first]
    return all(is_missing(sheet.filled(row, i), "text") for i in keys)


def _is_left_out(sheet: Sheet, row: int, header: Header, dataset: Dataset) -> bool:
    return _is_repeated_header(sheet, row, header) or _is_footer(sheet, row, header, dataset)


def body(sheet: Sheet, header: Header, dataset: Dataset, first: int = 0, stop: int | None = None) -> Body:
    """Which rows below (or, for totals, above) the header count, from the ``first`` up to the next table."""
    found = Body()
    for row in range(first, len(sheet.rows) if stop is None else stop):
        _, first = _first_text(sheet, row)
        if first in TOTALS and not header.first_row <= row <= header.last_row:
            found.totals.append(row)
        elif row > header.last_row and first and not _is_left_out(sheet, row, header, dataset):
            found.data.append(row)
    return found


def printed_totals(sheet: Sheet, header: Header, rows: Body) -> set[str]:
    """Results (passed, failed) of every check of a printed total against the rows that it closes."""
    results = set()
    for total in rows.totals:
        closed = rows.data
        if text_of(sheet.cell(total, _first_text(sheet, total)[0])) == "小计":
            earlier = [t for t in rows.totals if t < total and _first_text(sheet, t)[1] == "小计"]
            closed = [r for r in rows.data if r < total and (not earlier or r > earlier[-1])]
        for i, (column, unit) in header.columns.items():
            printed = sheet.cell(total, i)
            if column.kind not in ("number", "integer") or is_missing(printed, column.kind):
                continue
            cells = [sheet.filled(r, i) for r in closed]
            try:
                wanted = number(printed, column, unit)
                found = sum((number(c, column, unit) for c in cells if not is_missing(c, column.kind)), Decimal(0))
            except CellError:
                continue
            results.add("passed" if wanted == found else "failed")
    return results
