"""Represent a sheet of any format as text cells with their cell types and merged ranges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import polars as pl

from sources.text import plain
from sources.text_series import plain_frame

TEXT, NUMBER, DATE, OTHER, SCALED, UNCLEAR, UNCOMPUTED, FIGURE = 0, 1, 2, 3, 4, 5, 6, 7
"""Cell types: text; a number; a date or date and time; boolean or time of day; a figure as its number format scales it,
with the unit of the format; a value that its number format hides or alters, so that nobody can tell what is meant; a
formula without a result, as its own text; a number of a typed original that has all its digits, and is no serial number
of a day."""

SEARCHED_ROWS = 20
"""First rows of a sheet, among which its header is."""
MAX_COLUMNS = 512
"""No table is this wide; a wider sheet is malformed."""


@dataclass(frozen=True)
class Sheet:
    """One sheet, or some rows of it; row 0 of ``cells`` is row ``above`` + 1 of the spreadsheet.

    ``cells`` holds one String column per spreadsheet column (``c0``, ``c1``, …); empty cells are null. ``types`` holds
    the cell types (uint8 per row) of columns that are not text throughout. ``merges`` holds the merged ranges as an
    array of (first row, first column, last row, last column), zero based. ``hidden_rows`` and ``hidden_columns`` hold
    indices of rows and columns that Excel does not show, whether filtered, folded or hidden by hand; ``struck_cells``
    and ``partly_struck_cells`` hold (row, column) of cells whose text is struck through, as a whole or in part.
    ``has_1904_dates`` says that serial numbers of days begin in 1904.
    """

    name: str
    number: int
    cells: pl.DataFrame
    is_hidden: bool = False
    types: dict[int, np.ndarray] = field(default_factory=dict)
    merges: np.ndarray = field(default_factory=lambda: np.empty((0, 4), dtype=np.int64))
    hidden_rows: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    hidden_columns: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    struck_cells: np.ndarray = field(default_factory=lambda: np.empty((0, 2), dtype=np.int64))
    partly_struck_cells: np.ndarray = field(default_factory=lambda: np.empty((0, 2), dtype=np.int64))
    has_struck_rule: bool = False
    """Whether a rule strikes through cells with certain values: which ones, only Excel can tell."""
    has_1904_dates: bool = False
    concealed: pl.DataFrame = field(default_factory=pl.DataFrame)
    """The cells of a hidden sheet, which are no rows of any table; ``cells`` is empty then."""
    above: int = 0
    """Number of rows of the spreadsheet above ``cells``."""
    is_typed: bool = False
    """Whether the sheet is a typed original, of a database or an interface: row 0 names the columns, and each other row
    is data."""
    typed: dict[int, pl.Series] = field(default_factory=dict)
    """The values of columns that are dates, decimals or integers at the source, one per row of ``cells``; null where
    the cell is empty, and in row 0. The texts of these cells say the same."""

    @cached_property
    def plain(self) -> pl.DataFrame:
        """The cells as plain text (``text_series.plain_frame``); null where empty."""
        return plain_frame(self.cells)

    @cached_property
    def top_texts(self) -> list[list[str]]:
        """The plain texts (``text.plain``) of the searched rows and the row below them; an empty cell has none."""
        rows = self.cells.head(SEARCHED_ROWS + 1).rows()
        return [[plain(cell) if cell is not None else "" for cell in row] for row in rows]

    def type_of(self, column: int) -> np.ndarray:
        """Return the cell types of one column, one per row."""
        return self.types.get(column, np.zeros(self.cells.height, dtype=np.uint8))

    def rows(self, start: int, stop: int) -> Sheet:
        """Return the rows from ``start`` up to, but not including, ``stop``; merged ranges are clipped."""
        if start == 0 and stop >= self.cells.height:
            return self
        merges = self.merges[(self.merges[:, 2] >= start) & (self.merges[:, 0] < stop)]
        merges = np.column_stack((merges[:, :3:2].clip(start, stop - 1) - start, merges[:, 1::2]))[:, [0, 2, 1, 3]]
        part = replace(
            self,
            cells=self.cells[start:stop],
            types={column: types[start:stop] for column, types in self.types.items()},
            typed={column: values[start:stop] for column, values in self.typed.items()},
            merges=merges,
            hidden_rows=_within(self.hidden_rows, start, stop),
            struck_cells=_within(self.struck_cells, start, stop),
            partly_struck_cells=_within(self.partly_struck_cells, start, stop),
            above=self.above + start,
        )
        if "plain" in vars(self):
            vars(part)["plain"] = self.plain[start:stop]
        return part

    def without(self, columns: Iterable[int]) -> Sheet:
        """Return the sheet with these columns empty."""
        nothing, emptied = pl.lit(None, pl.String), set(columns)
        cells = self.cells.with_columns(nothing.alias(f"c{index}") for index in emptied)
        return replace(self, cells=cells, typed={i: v for i, v in self.typed.items() if i not in emptied})

    def with_cells(self, changes: Mapping[int, Mapping[int, tuple[str | None, int]]]) -> Sheet:
        """Return the sheet with other texts and types in some cells, given by column and row; it grows if needed."""
        if not changes:
            return self
        height = max(self.cells.height, *(max(rows) + 1 for rows in changes.values()))
        width = max(self.cells.width, max(changes) + 1)
        nothing = pl.repeat(None, height, dtype=pl.String, eager=True)
        columns = [nothing.alias(f"c{i}") for i in range(width)]
        for i, column in enumerate(self.cells):
            columns[i] = column.extend_constant(None, height - len(column))
        types = {i: np.pad(types, (0, height - len(types))) for i, types in self.types.items()}
        for i, rows in changes.items():
            at = np.fromiter(rows, np.int64, len(rows))
            texts, kinds = zip(*rows.values(), strict=True)
            columns[i] = columns[i].clone().scatter(at, pl.Series(texts, dtype=pl.String))
            types[i] = types.get(i, np.zeros(height, np.uint8)).copy()
            types[i][at] = kinds
        return replace(self, cells=pl.DataFrame(columns), types=types)


def _within(places: np.ndarray, start: int, stop: int) -> np.ndarray:
    """Select the rows, or cells, of these rows, counted from the first one."""
    rows = places if places.ndim == 1 else places[:, 0]
    kept = places[(rows >= start) & (rows < stop)]
    return kept - (start if places.ndim == 1 else np.array([start, 0]))
