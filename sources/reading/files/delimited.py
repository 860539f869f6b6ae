"""Read CSV files: decode them and split them into cells.

Belongs here: separators, quotes, ragged lines.
Does not belong here: Excel workbooks, interpreting cells.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import polars as pl

from sources.reading.files.limits import MAX_LINES, check_cells
from sources.reading.files.pause import collector_paused
from sources.reading.files.sheet import MAX_COLUMNS, Sheet
from sources.refusal import RefusedError
from sources.text import decode

_HEAD = 4096
_QUOTES = "CSV无法分列(可能有不成对的引号);请用Excel另存为xlsx后重新报送。"


def read_delimited(content: bytes) -> list[Sheet]:
    """Read a CSV file as one sheet: short lines are padded, blank lines kept, quoted line breaks stay in the cell.

    The separator is the comma, or the tab if the head of the file has more tabs.
    Raises RefusedError if the file cannot be decoded or split, or is too large; lines and columns are counted first.
    """
    text = decode(content)
    if "\x00" in text:
        raise RefusedError("文件不是文本文件;请另存为CSV或xlsx后重新报送。")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.count("\n") > MAX_LINES:
        raise RefusedError(f"CSV超过{MAX_LINES // 10_000}万行,太大无法读取;请拆分后重新报送。")
    separator = "\t" if text.count("\t", 0, _HEAD) > text.count(",", 0, _HEAD) else ","
    cells = _quoted(text, separator) if '"' in text else _unquoted(text, separator)
    return [Sheet("", 1, cells.with_columns(pl.all().replace("", None)))]


def _check_shape(lines: int, width: int) -> None:
    """Check a table before room is made for it. Raises RefusedError if it is too wide or too large."""
    if width > MAX_COLUMNS:
        raise RefusedError(f"有的行超过{MAX_COLUMNS}列;请检查分隔符后重新报送。")
    check_cells(lines * width)


def _unquoted(text: str, separator: str) -> pl.DataFrame:
    """Split a file without quotes at every separator."""
    if not text.strip():
        return pl.DataFrame()
    width = _width(text, separator)
    if width > MAX_COLUMNS:
        # A sheet formatted up to its last column ends every line in thousands of separators.
        text = "\n".join(line.rstrip(separator) for line in text.split("\n"))
        width = _width(text, separator)
    _check_shape(text.count("\n"), width)
    return pl.read_csv(
        text.encode(),
        has_header=False,
        separator=separator,
        quote_char=None,
        schema={f"c{i}": pl.String for i in range(width)},
        truncate_ragged_lines=True,
        missing_columns="insert",
        infer_schema=False,
    )


def _width(text: str, separator: str) -> int:
    return 1 + max(line.count(separator) for line in text.split("\n"))


def _quoted(text: str, separator: str) -> pl.DataFrame:
    """Split a file with quotes; a misplaced quote must not swallow the lines up to the next quote."""
    check_cells(text.count(separator) + text.count("\n"))
    with collector_paused():
        rows = _rows(text, separator)
        width = max(map(_filled_width, rows)) if max(map(len, rows)) > MAX_COLUMNS else max(map(len, rows))
        _check_shape(len(rows), width)
        if any(len(row) != width for row in rows):
            rows = [[*row[:width], *[""] * (width - len(row))] for row in rows]
        columns = zip(*rows, strict=True)
        return pl.DataFrame({f"c{i}": pl.Series(column, dtype=pl.String) for i, column in enumerate(columns)})


def _filled_width(row: Sequence[str]) -> int:
    return next((i for i in range(len(row), 0, -1) if row[i - 1]), 0)


def _rows(text: str, separator: str) -> list[list[str]]:
    try:
        return _parsed(text, separator, strict=True)
    except csv.Error:
        pass
    # Not well formed: read it leniently, unless a cell may have swallowed a line.
    try:
        rows = _parsed(text, separator, strict=False)
    except csv.Error:
        raise RefusedError(_QUOTES) from None
    if any("\n" in cell for row in rows for cell in row):
        raise RefusedError(_QUOTES)
    return rows


def _parsed(text: str, separator: str, strict: bool) -> list[list[str]]:
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=strict))
    width = max(map(len, rows))
    if strict and any(_holds_a_line(cell, separator, width) for row in rows for cell in row if "\n" in cell):
        raise RefusedError(_QUOTES)
    return rows


def _holds_a_line(cell: str, separator: str, width: int) -> bool:
    """Check whether a line inside a cell looks like a row of its own, enclosed by two stray quotes."""
    return width > 1 and any(line.count(separator) >= width - 1 for line in cell.split("\n")[1:-1])
