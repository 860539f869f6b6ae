"""Represent a sheet of any format as text cells with their cell types and merged ranges."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl

TEXT, NUMBER, DATE, OTHER = 0, 1, 2, 3
"""Cell types: text; a number; a date or date and time; boolean or time of day."""

MAX_COLUMNS = 512
"""No table is this wide; a wider sheet is malformed."""


@dataclass(frozen=True)
class Sheet:
    """One sheet; row 0 of ``cells`` is row 1 of the spreadsheet.

    ``cells`` holds one String column per spreadsheet column (``c0``, ``c1``, …); empty cells are null. ``types`` holds
    the cell types (uint8 per row) of columns that are not text throughout. ``merges`` holds the merged ranges as an
    array of (first row, first column, last row, last column), zero based. ``hidden_rows`` and ``hidden_columns`` hold
    indices of rows and columns that Excel does not show, whether filtered, folded or hidden by hand; ``struck_cells``
    and ``partly_struck_cells`` hold (row, column) of cells whose text is struck through, as a whole or in part.
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

    def type_of(self, column: int) -> np.ndarray:
        """Return the cell types of one column, one per row."""
        return self.types.get(column, np.zeros(self.cells.height, dtype=np.uint8))
