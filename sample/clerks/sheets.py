"""Lay out one sheet, row by row: title, header, body, totals, footer.

Belongs here: positions on the sheet and merged ranges. Does not belong here: cells (``cells``) and files (``writers``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from sample.clerks.cells import NUMBER, TEXT, Cells
from sample.clerks.figures import decimal_text, power_between
from sample.clerks.heading import Heading
from sample.clerks.style import Style
from sources.contracts.model import Dataset


@dataclass(frozen=True)
class Grid:
    """A complete sheet: ``texts`` and ``forms`` have all rows from the top."""

    name: str
    texts: pl.DataFrame
    forms: pl.DataFrame
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    """First row, first column, last row, last column; zero-based."""
    is_hidden: bool = False


@dataclass(frozen=True)
class Words:
    """The texts around the table."""

    title: str
    lines: tuple[str, ...]
    """Lines between title and header."""
    footers: tuple[str, ...]


@dataclass
class _Page:
    """A sheet being written from top to bottom."""

    width: int
    texts: list[pl.DataFrame] = field(default_factory=list)
    forms: list[pl.DataFrame] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    height: int = 0

    def put(self, texts: pl.DataFrame, forms: pl.DataFrame) -> None:
        names = [f"c{i}" for i in range(self.width)]
        self.texts.append(texts.rename(dict(zip(texts.columns, names, strict=True))))
        self.forms.append(forms.rename(dict(zip(forms.columns, names, strict=True))))
        self.height += texts.height

    def line(self, cells: Sequence[str | None], form: int = TEXT) -> None:
        row = [*cells, *[None] * (self.width - len(cells))]
        self.put(
            pl.DataFrame({f"c{i}": pl.Series([c], dtype=pl.String) for i, c in enumerate(row)}),
            pl.DataFrame({f"c{i}": pl.Series([form if c and i else TEXT], dtype=pl.UInt8) for i, c in enumerate(row)}),
        )

    def merged_line(self, text: str) -> None:
        """Add a line merged over the whole width."""
        if self.width > 1:
            self.merges.append((self.height, 0, self.height, self.width - 1))
        self.line([text])


def _put_heading(page: _Page, heading: Heading, may_merge_down: bool) -> None:
    top = page.height
    if not heading.upper:
        page.line(heading.lower)
        return
    starts = [i for i, head in enumerate(heading.upper) if head and (i == 0 or heading.upper[i - 1] != head)]
    for start in starts:
        end = start
        while end + 1 < len(heading.upper) and heading.upper[end + 1] == heading.upper[start]:
            end += 1
        if end > start:
            page.merges.append((top, start, top, end))
    alone = [i for i, head in enumerate(heading.upper) if not head]
    if may_merge_down:
        page.merges += [(top, i, top + 1, i) for i in alone]
    lifted = set(alone) if may_merge_down else set()
    page.line(
        [head if i in starts else heading.lower[i] if i in lifted else None for i, head in enumerate(heading.upper)]
    )
    page.line([None if i in lifted else word for i, word in enumerate(heading.lower)])


def _totals(
    rows: pl.DataFrame, dataset: Dataset, heading: Heading, style: Style, label: str, wrong: bool
) -> list[str | None]:
    """Compute a printed total: the label in the first column, sums in the columns that have a unit."""
    cells: list[str | None] = [label, *[None] * (len(heading.order) - 1)]
    is_wrong = wrong
    for i, name in enumerate(heading.order):
        column = next((c for c in dataset.numeric_columns if c.name == name and c.unit), None)
        if column is None or i == 0:
            continue
        digits = (2 if column.kind == "number" else 0) - power_between(column.unit, style.units.get(name, column.unit))
        total = int(rows[name].sum()) + (100 if is_wrong else 0)
        cells[i], is_wrong = pl.select(decimal_text(pl.lit(total, dtype=pl.Int64), digits)).item(), False
    return cells


def _breaks(rows: pl.DataFrame, style: Style) -> dict[int, str]:
    """Choose body rows before which to insert a blank row (after a third) or the header again (in the middle).

    Never inside a household.
    """
    if rows.height < 12 or style.subtotal_by:
        return {}
    code = rows["household_code"] if "household_code" in rows.columns and style.merged else None
    starts = (
        np.arange(rows.height) if code is None else np.flatnonzero((code != code.shift(1)).fill_null(True).to_numpy())
    )
    places = {}
    if style.blank_rows:
        places[int(starts[len(starts) // 3])] = "blank"
    if style.repeated_header:
        places[int(starts[len(starts) // 2])] = "header"
    return places


def _subtotal_ends(rows: pl.DataFrame, style: Style) -> list[int]:
    if not style.subtotal_by:
        return []
    group = rows[style.subtotal_by]
    return [*np.flatnonzero((group != group.shift(-1)).fill_null(True).to_numpy()) + 1]


def _put_body(
    page: _Page, cells: Cells, rows: pl.DataFrame, dataset: Dataset, heading: Heading, style: Style, may_merge: bool
) -> np.ndarray:
    """Add the body and return the sheet row of each body row."""
    breaks, ends = _breaks(rows, style), _subtotal_ends(rows, style)
    at = np.empty(rows.height, dtype=np.int64)
    start = 0
    for stop in sorted({*breaks, *ends, rows.height} - {0}):
        at[start:stop] = page.height + np.arange(stop - start)
        page.put(cells.texts[start:stop], cells.forms[start:stop])
        if stop in ends:
            page.line(_totals(rows[start:stop], dataset, heading, style, "小计", wrong=False), NUMBER)
        if breaks.get(stop) == "blank":
            page.line([])
        if breaks.get(stop) == "header":
            _put_heading(page, heading, may_merge)
        start = stop
    return at


def _household_merges(
    rows: pl.DataFrame, at: np.ndarray, heading: Heading, style: Style
) -> list[tuple[int, int, int, int]]:
    code = rows["household_code"]
    starts = np.flatnonzero((code != code.shift(1)).fill_null(True).to_numpy())
    ends = np.append(starts[1:], rows.height) - 1
    tall = ends > starts
    columns = [i for i, name in enumerate(heading.order) if name in style.merged]
    return [(int(a), c, int(b), c) for a, b in zip(at[starts[tall]], at[ends[tall]], strict=True) for c in columns]


def sheet_of(
    name: str,
    cells: Cells,
    rows: pl.DataFrame,
    dataset: Dataset,
    heading: Heading,
    style: Style,
    words: Words,
    may_merge: bool,
) -> Grid:
    """Lay out one sheet from typed cells (in the heading's order) and their tidy rows.

    If ``may_merge``, cells may be merged downwards, which a workbook written row by row cannot do.
    """
    page = _Page(len(heading.order))
    if style.title:
        page.merged_line(words.title)
        for line in words.lines:
            page.merged_line(line)
    _put_heading(page, heading, may_merge)
    if style.total and style.total_on_top:
        page.line(_totals(rows, dataset, heading, style, style.total, style.wrong_total), NUMBER)
    if style.merged and may_merge and rows.height:
        is_first = (rows["household_code"] != rows["household_code"].shift(1)).fill_null(True)
        blank = pl.when(is_first).then(pl.col(c for c in style.merged if c in cells.texts.columns))
        cells = Cells(cells.texts.with_columns(blank), cells.forms)
    at = _put_body(page, cells, rows, dataset, heading, style, may_merge)
    if style.merged and may_merge and rows.height:
        page.merges += _household_merges(rows, at, heading, style)
    if style.total and not style.total_on_top:
        page.line(_totals(rows, dataset, heading, style, style.total, style.wrong_total), NUMBER)
    if style.footer:
        for footer in words.footers:
            page.line([footer])
    return Grid(name, pl.concat(page.texts), pl.concat(page.forms), page.merges)


def notes_of(name: str, lines: Sequence[str], is_hidden: bool = False) -> Grid:
    """Lay out a sheet of text without a header."""
    texts = pl.DataFrame({"c0": pl.Series(lines, dtype=pl.String)})
    return Grid(name, texts, pl.select(pl.repeat(TEXT, len(lines), dtype=pl.UInt8).alias("c0")), is_hidden=is_hidden)
