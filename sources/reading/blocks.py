"""Find the tables of a sheet that are below each other, each with a header of its own (semantics §2).

Belongs here: where a further header is, and where its table begins.
Does not belong here: matching one header (``header``), the rows of one table (``table``), tables side by side
(``unread``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from sources.contracts.model import Dataset
from sources.reading.about_columns import rows_about_columns
from sources.reading.files import Sheet
from sources.reading.header import MAX_HEIGHT, Header, best_header, find_header
from sources.reading.labels import usual_texts
from sources.reading.table import is_repeated_header, repeated_headers
from sources.reading.totals import is_total
from sources.reading.unit_rows import with_rows_below
from sources.refusal import RefusedError

MAX_TABLES = 500
"""Rows of one sheet that may be headers; more are no list. Each costs about a millisecond."""
NUMERIC_KINDS = ("resident_id", "certificate", "date", "month", "number", "integer")
"""Kinds whose cells begin with a digit."""
_WORDS = "^[^0-9]*[\u4e00-\u9fff]{2}"
_NUMBER = re.compile(r"[0-9][0-9.,:/+-]*[Xx]?")
_TITLE = re.compile(r"[::]|单位|20\d\d年|名册|名单|统计表|续表")
_MOST_TITLES = 5
_SHORT_NAME = 4
"""Longest name of a person without a dot, in characters."""


@dataclass(frozen=True)
class Block:
    """One table of a sheet: its rows, title rows included, and its header; None if no column name is known."""

    sheet: Sheet
    header: Header | None
    is_other: bool = False
    """Whether the header names too few columns: the table is another one."""


def blocks_of(sheet: Sheet, header: Header, dataset: Dataset) -> list[Block]:
    """Split a sheet at its headers, from top to bottom; ``header`` is the best one of the first rows.

    Each header reaches down over the rows of units below it. One that repeats the header before it begins no table. A
    typed original is one table.
    Raises RefusedError if too many rows look like headers.
    """
    if sheet.is_typed:
        return [Block(sheet, header)]
    header = with_rows_below(sheet, header, dataset)
    firsts = list(_further_headers(sheet, header, dataset))
    if not firsts:
        return [Block(sheet, header)]
    # The header may be that of a later table; the first table begins with the sheet.
    ends = {_start(sheet, first, header, dataset): first + MAX_HEIGHT for first in (header.first_row, *firsts)}
    starts = sorted(ends)
    ends[0] = ends.pop(starts[0])
    cuts = [0, *starts[1:]]
    parts = (sheet.rows(start, stop) for start, stop in zip(cuts, [*cuts[1:], sheet.cells.height], strict=True))
    return [_block(part, ends[part.above - sheet.above] - part.above + sheet.above, dataset) for part in parts]


def _block(part: Sheet, end: int, dataset: Dataset) -> Block:
    """Find the header of a table among its first rows up to ``end``."""
    top = part.rows(0, end)
    header = find_header(top, dataset)
    if header is None:
        return Block(part, best_header(top, dataset), is_other=True)
    return Block(part, with_rows_below(part, header, dataset))


def _further_headers(sheet: Sheet, header: Header, dataset: Dataset) -> Iterator[int]:
    """Yield the first row of each header but ``header`` itself."""
    cells = sheet.plain
    rows = _candidates(cells, header, dataset)
    if not len(rows):
        return
    current, done, tables = header, -1, 0
    while len(rows):
        repeated = cells[rows].select(found=is_repeated_header(current))["found"].to_numpy() & (rows > header.last_row)
        if repeated[0]:
            rows = rows[len(rows) if repeated.all() else int(repeated.argmin()) :]
            continue
        row, rows = int(rows[0]), rows[1:]
        tables += 1
        if tables > MAX_TABLES:
            raise RefusedError(f"第{sheet.number}个工作表有{MAX_TABLES}多行像是表头;请每个工作表只放一张表后重新报送。")
        found = _header_at(sheet, row, dataset) if row > done else None
        if found is None:
            if row > max(done, header.last_row) and _is_unknown_header(sheet, row, header, dataset):
                yield row
            continue
        first, done, own = found
        if _begins_table(cells, first, done, own, header, dataset) and not _is_same(own, current):
            if first > header.last_row:
                current = own
            yield first


def _candidates(cells: pl.DataFrame, header: Header, dataset: Dataset) -> np.ndarray:
    """List the rows that may be headers: those that name two columns, and some with words instead of numbers."""
    marks = cells.select(
        named=pl.sum_horizontal(pl.all().is_in(usual_texts(dataset))) >= 2, worded=_is_worded(header, dataset)
    )
    named, worded = (np.flatnonzero(marks[name].fill_null(False)) for name in ("named", "worded"))
    worded = worded[worded > header.last_row][: MAX_TABLES // 2]
    repeated = repeated_headers(cells, header).to_list()
    own = [*range(max(0, header.first_row), header.last_row + 1), *rows_about_columns(cells, header, repeated)]
    return np.setdiff1d(np.union1d(named, worded), own)


def _begins_table(cells: pl.DataFrame, first: int, last: int, own: Header, header: Header, dataset: Dataset) -> bool:
    """Check whether a header from row ``first`` to ``last`` is another one than ``header`` and has no data beside it.

    Above the best header of a sheet are titles, unless they name enough columns.
    """
    if first <= header.last_row and (last >= header.first_row or not own.suffices(dataset)):
        return False
    return not any(_has_number(cells.row(row)) for row in range(first, last + 1))


def _is_worded(header: Header, dataset: Dataset) -> pl.Expr:
    """Match rows with words, as in a header, in every filled column of ids, dates and numbers, and in at least two."""
    names = [f"c{i}" for name, i in header.columns.items() if dataset[name].kind in NUMERIC_KINDS]
    if len(names) < 2:
        return pl.lit(False)
    columns = pl.col(names)
    words = pl.sum_horizontal(columns.str.contains(_WORDS))
    return (words >= 2) & (words == pl.sum_horizontal(columns.is_not_null()))


def _header_at(sheet: Sheet, row: int, dataset: Dataset) -> tuple[int, int, Header] | None:
    """Find the header that a row belongs to: its first and last row, and itself."""
    for first in (max(0, row - MAX_HEIGHT + 1), row):
        found = best_header(sheet.rows(first, row + MAX_HEIGHT), dataset)
        if found and first + found.first_row <= row <= first + found.last_row:
            return first + found.first_row, first + found.last_row, found
    return None


def _is_same(found: Header, current: Header) -> bool:
    """Check whether a header repeats the one before it, text by text; the rows of a taller one are no data."""
    if len(found.texts) > len(current.texts):
        return False
    texts = [[h.labels[i] for i in h.columns.values()] for h in (found, current)]
    return (found.columns, found.units) == (current.columns, current.units) and texts[0] == texts[1]


def _has_number(cells: tuple[str | None, ...]) -> bool:
    return any(_NUMBER.fullmatch(cell) for cell in cells if cell)


def _is_unknown_header(sheet: Sheet, row: int, header: Header, dataset: Dataset) -> bool:
    """Check whether a row is a header without known names: different words in most columns, numbers in none.

    A row with a cell that only data has is a bad row, however many of its amounts are words.
    """
    cells = sheet.plain.row(row)
    filled = [cell for cell in cells if cell]
    numeric = [i for name, i in header.columns.items() if dataset[name].kind in NUMERIC_KINDS]
    is_full = 4 * len(filled) >= 3 * len(header.columns) and sum(cells[i] is not None for i in numeric) >= 3
    if not is_full or len(set(filled)) < len(filled) or _has_number(cells) or _holds_data(sheet, row, header, dataset):
        return False
    return any(sheet.plain[f"c{i}"][row + 1 :].is_not_null().any() for i in numeric)


def _holds_data(sheet: Sheet, row: int, header: Header, dataset: Dataset) -> bool:
    """Check for a word of its column's list, a code with a digit, or a place that rows with numbers have too."""
    numeric = [f"c{i}" for name, i in header.columns.items() if dataset[name].kind in NUMERIC_KINDS]
    for name, index in header.columns.items():
        column, cell = dataset[name], sheet.plain[row, index]
        if not cell:
            continue
        is_code = name in dataset.key and column.kind == "text"
        words = ("是", "否") if column.kind == "yes_or_no" else column.words
        if cell in words or (is_code and re.search("[0-9]", cell)):
            return True
        if column.kind in ("town", "village"):
            same = sheet.plain.filter(pl.col(f"c{index}") == cell)
            if same.select(pl.any_horizontal(pl.col(numeric).str.contains("^[0-9]")).any()).item():
                return True
    return False


def _start(sheet: Sheet, row: int, header: Header, dataset: Dataset) -> int:
    """Return the first of the title rows above a header; a name alone may be a person whose row was not filled in."""
    people = {i for name, i in header.columns.items() if dataset[name].semantic == "person_name"}
    start = row
    for above in range(row - 1, max(-1, row - _MOST_TITLES - 1), -1):
        filled = {i: cell for i, cell in enumerate(sheet.plain.row(above)) if cell}
        if len(filled) > 3 or _has_number(tuple(filled.values())):
            break
        first = next(iter(filled.values()), "")
        is_person = len(filled) == 1 and bool(people & filled.keys()) and len(first) <= _SHORT_NAME
        if filled and (is_person or (len(filled) > 1 and not _TITLE.search("".join(filled.values())))):
            break
        if filled and is_total(first):
            break
        start = above if filled else start
    return start
