"""Read xlsx and xls workbooks with calamine.

Belongs here: turning calamine's cells into text while keeping their types.
Does not belong here: other formats, limits on a workbook (``extent``), interpreting the text.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import islice
from typing import Any

import numpy as np
import polars as pl
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from sources.reading.files.limits import MAX_SHEETS, check_cells
from sources.reading.files.pause import collector_paused
from sources.reading.files.second_look.formats import general
from sources.reading.files.sheet import DATE, MAX_COLUMNS, NUMBER, OTHER, TEXT, Sheet
from sources.refusal import ENCRYPTED, RefusedError

_BLOCK = 20_000
"""Rows that are converted at a time."""
_EXCEL_COLUMNS = 16_384


def _datetime(value: dt.datetime) -> str:
    return value.strftime("%Y-%m-%d") if value.time() == dt.time(0) else value.strftime("%Y-%m-%d %H:%M:%S")


_TEXT_OF: dict[type, Callable[[Any], str]] = {
    str: str,
    float: general,
    int: str,
    bool: lambda v: "true" if v else "false",
    dt.date: dt.date.isoformat,
    dt.datetime: _datetime,
}
_TYPE_OF: dict[type, int] = {str: TEXT, float: NUMBER, int: NUMBER, dt.date: DATE, dt.datetime: DATE}


def _column(values: Sequence[Any]) -> tuple[pl.Series, np.ndarray | None]:
    kinds = set(map(type, values))
    if kinds <= {str}:
        return pl.Series(values, dtype=pl.String), None
    types = np.fromiter((TEXT if v == "" else _TYPE_OF.get(type(v), OTHER) for v in values), np.uint8, len(values))
    return pl.Series([_TEXT_OF.get(type(v), str)(v) for v in values], dtype=pl.String), types


def _columns(raw: CalamineSheet) -> list[tuple[pl.Series, np.ndarray | None]]:
    """Convert the cells block by block: as Python objects, those of a whole sheet take most of the memory."""
    rows = raw.iter_rows()
    blocks = []
    with collector_paused():
        while block := list(islice(rows, _BLOCK)):
            blocks.append([_column(values) for values in zip(*block, strict=True)])
    filled = [
        (pl.concat([s for s, _ in parts], rechunk=True), _types([(len(s), types) for s, types in parts]))
        for parts in zip(*blocks, strict=True)
    ]
    # The rows begin at the first column that is not empty.
    left = raw.start[1] if raw.start else 0
    return [(pl.repeat(None, len(filled[0][0]), dtype=pl.String, eager=True), None)] * left + filled


def _types(parts: Sequence[tuple[int, np.ndarray | None]]) -> np.ndarray | None:
    """Join the cell types of the blocks of a column; None if it is text throughout."""
    if all(types is None for _, types in parts):
        return None
    return np.concatenate([np.full(n, TEXT, np.uint8) if types is None else types for n, types in parts])


def _merges(raw: CalamineSheet) -> np.ndarray:
    """Give the merged ranges, one per first cell: in a made-up file there may be any number of them."""
    ranges = np.array([(*first, *last) for first, last in raw.merged_cell_ranges or []], np.int64).reshape(-1, 4)
    _, first = np.unique(ranges[:, 0] * _EXCEL_COLUMNS + ranges[:, 1], return_index=True)
    kept: np.ndarray = ranges[np.sort(first)]
    return kept


def _sheet(raw: CalamineSheet, number: int) -> Sheet:
    if not raw.width:
        return Sheet(raw.name, number, pl.DataFrame())
    if raw.end and raw.end[1] >= MAX_COLUMNS:
        raise RefusedError(f"第{number}个工作表超过{MAX_COLUMNS}列;请删除多余的列后重新报送。")
    columns = _columns(raw)
    cells = pl.DataFrame({f"c{i}": series for i, (series, _) in enumerate(columns)})
    return Sheet(
        name=raw.name,
        number=number,
        cells=cells.with_columns(pl.when(pl.all() != "").then(pl.all())),
        types={i: types for i, (_, types) in enumerate(columns) if types is not None},
        merges=_merges(raw),
    )


def _sheets(shown: Sequence[int], loaded: Iterable[CalamineSheet]) -> dict[int, Sheet]:
    """Convert the sheets at these positions. Raises RefusedError as soon as their cells are too many."""
    sheets: dict[int, Sheet] = {}
    cells = 0
    for i, raw in zip(shown, loaded, strict=True):
        rows, columns = raw.end or (-1, -1)
        cells += (rows + 1) * (columns + 1)
        check_cells(cells)
        sheets[i] = _sheet(raw, i + 1)
    return sheets


def _loaded(workbook: CalamineWorkbook, positions: Sequence[int]) -> Generator[CalamineSheet]:
    """Load the sheets at these positions; calamine parses the next sheet while Python turns one into columns."""
    with ThreadPoolExecutor(1) as parser:
        parses = (parser.submit(workbook.get_sheet_by_index, i) for i in positions)
        current = next(parses, None)
        while current:
            raw, current = current.result(), next(parses, None)
            yield raw


def read_excel(content: bytes) -> list[Sheet]:
    """Read every worksheet of a workbook; the cells of hidden ones are kept apart, for nobody sees them.

    Raises RefusedError if the workbook is encrypted, damaged, too wide or too large.
    """
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        kept = [(i, m) for i, m in enumerate(workbook.sheets_metadata) if m.typ == SheetTypeEnum.WorkSheet]
        if len(kept) > MAX_SHEETS:
            raise RefusedError(f"工作簿有{len(kept)}个工作表,超过{MAX_SHEETS}个;请拆分后重新报送。")
        hidden = {i for i, meta in kept if meta.visible != SheetVisibleEnum.Visible}
        with closing(_loaded(workbook, [i for i, _ in kept])) as loaded:
            sheets = _sheets([i for i, _ in kept], loaded)
    except PasswordError:
        raise RefusedError(ENCRYPTED) from None
    except (CalamineError, OSError, ValueError) as error:
        raise RefusedError(f"工作簿已损坏或不完整,无法读取({type(error).__name__});请重新导出后报送。") from None
    return [_concealed(sheet) if i in hidden else sheet for i, sheet in sheets.items()]


def _concealed(sheet: Sheet) -> Sheet:
    return Sheet(sheet.name, sheet.number, pl.DataFrame(), is_hidden=True, concealed=sheet.cells)
