"""Read xlsx and xls workbooks with calamine.

Belongs here: turning calamine's cells into text while keeping their types.
Does not belong here: other formats, limits on a workbook (``extent``), interpreting the text.
"""

from __future__ import annotations

import datetime as dt
import io
import math
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
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

from sources.reading.files.pause import collector_paused
from sources.reading.files.sheet import DATE, MAX_COLUMNS, NUMBER, OTHER, TEXT, Sheet
from sources.refusal import ENCRYPTED, RefusedError


def _number(value: float) -> str:
    """Format a number with 15 significant digits, as Excel does; whole numbers in full, none in scientific notation."""
    if not math.isfinite(value):
        return str(value)
    if value == int(value):
        return str(int(value))
    short = f"{value:.15g}"
    return short if "e" not in short else f"{value:.20f}".rstrip("0").rstrip(".")


def _datetime(value: dt.datetime) -> str:
    return value.strftime("%Y-%m-%d") if value.time() == dt.time(0) else value.strftime("%Y-%m-%d %H:%M:%S")


_TEXT_OF: dict[type, Callable[[Any], str]] = {
    str: str,
    float: _number,
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


def _sheet(raw: CalamineSheet, number: int) -> Sheet:
    if not raw.width:
        return Sheet(raw.name, number, pl.DataFrame())
    if raw.end and raw.end[1] >= MAX_COLUMNS:
        raise RefusedError(f"第{number}个工作表超过{MAX_COLUMNS}列;请删除多余的列后重新报送。")
    with collector_paused():
        columns = [_column(values) for values in zip(*raw.to_python(skip_empty_area=False), strict=True)]
    cells = pl.DataFrame({f"c{i}": series for i, (series, _) in enumerate(columns)})
    ranges = [(*first, *last) for first, last in raw.merged_cell_ranges or []]
    return Sheet(
        name=raw.name,
        number=number,
        cells=cells.with_columns(pl.all().replace("", None)),
        types={i: types for i, (_, types) in enumerate(columns) if types is not None},
        merges=np.array(ranges, dtype=np.int64).reshape(-1, 4),
    )


def _loaded(workbook: CalamineWorkbook, positions: Sequence[int]) -> Generator[CalamineSheet]:
    """Load the sheets at these positions; calamine parses the next sheet while Python turns one into columns."""
    with ThreadPoolExecutor(1) as parser:
        parses = (parser.submit(workbook.get_sheet_by_index, i) for i in positions)
        current = next(parses, None)
        while current:
            raw, current = current.result(), next(parses, None)
            yield raw


def read_excel(content: bytes) -> list[Sheet]:
    """Read every worksheet of a workbook, hidden ones without their cells.

    Raises RefusedError if the workbook is encrypted, damaged or too wide.
    """
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        kept = [(i, m) for i, m in enumerate(workbook.sheets_metadata) if m.typ == SheetTypeEnum.WorkSheet]
        shown = [i for i, meta in kept if meta.visible == SheetVisibleEnum.Visible]
        with closing(_loaded(workbook, shown)) as loaded:
            cells = {i: _sheet(raw, i + 1) for i, raw in zip(shown, loaded, strict=True)}
    except PasswordError:
        raise RefusedError(ENCRYPTED) from None
    except (CalamineError, OSError, ValueError) as error:
        raise RefusedError(f"工作簿已损坏或不完整,无法读取({type(error).__name__});请重新导出后报送。") from None
    return [cells.get(i) or Sheet(meta.name, i + 1, pl.DataFrame(), is_hidden=True) for i, meta in kept]
