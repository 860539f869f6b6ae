"""Read CSV files: decode them and split them into cells.

Belongs here: separators, quotes, ragged lines.
Does not belong here: Excel workbooks, interpreting cells.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence

import polars as pl

from sources.reading.files.limits import MAX_LINES, check_cells
from sources.reading.files.pause import collector_paused
from sources.reading.files.sheet import MAX_COLUMNS, Sheet
from sources.refusal import EXPORT_ANEW, RefusedError
from sources.text import decode

_HEAD = 4096
_SEPARATORS = (",", "\t", ";", "|", "\uff0c", "\uff1b")
"""Also the full-width signs that a Chinese keyboard types."""
_NAMED_SEPARATOR = re.compile(r'"?sep=([^\w"\n])"?[,;\t]*\n', re.IGNORECASE)
"""First line by which Excel is told the separator; Excel does not show it."""
_END_OF_FILE = re.compile(r'(?m)^("?)\x1a+|\x1a+("?)$')
"""Sign that ends a text file of DOS; it stays inside when files are joined byte by byte."""
_IN_QUOTES = re.compile(r'"[^"]*"')
_DECORATION = re.compile(r"(?<![\t ])[\t ]+(?=[,;|])|(?<=[,;|])[\t ]+")
"""Tabs beside another separator belong to the cell: programs write them so that Excel shows all digits of ids."""
_SIGNS = "'\"\u2018\u2019\u201c\u201d"
_AS_TEXT = (
    rf"^['\s]*[=\uff1d][\s(]*(?:(?:T|TEXT|CONCATENATE)\(\s*)?[{_SIGNS}]([^{_SIGNS}]*)[{_SIGNS}]"
    r'(?:\s*,\s*"[@0]")?[\s)]*(?:&\s*""\s*)*$'
)
"""A text as a formula, for the same reason."""
_AS_NUMBER = r"^\s*=[\s(]*([+-]?[0-9]+(?:\.[0-9]+)?[Xx]?)[\s)]*$"
_OTHER_QUOTES = "'`\u201c\u2018"
"""Signs that begin a quoted cell in the exports of databases, or after a word processor changed the quotes."""
_ENDS_OF_QUOTES = f"{_OTHER_QUOTES}\u201d\u2019"
_IN_OTHER_QUOTES = (
    "^\\s*(?:'([^']*)'|`([^`]*)`|[\u201c\u201d]([^\u201c\u201d]*)[\u201c\u201d]"
    "|[\u2018\u2019]([^\u2018\u2019]*)[\u2018\u2019])\\s*$"
)
_LOST = re.compile(r"\?\?")
_CHINESE_LOST = f"文件里的汉字在保存时都变成了问号(?),无法恢复。{EXPORT_ANEW}"
_QUOTES = f"CSV无法分列(可能有不成对的引号)。{EXPORT_ANEW}"


def read_delimited(content: bytes) -> list[Sheet]:
    """Read a CSV file as one sheet: short lines are padded, blank lines kept, quoted line breaks stay in the cell.

    A text or number written as a formula (``="0123"``) is that text. A character that was cut in half stays damaged.
    Raises RefusedError if the file cannot be decoded or split, or is too large; lines and columns are counted first.
    """
    text = decode(content, allow_damage=True).replace("\r\n", "\n").replace("\r", "\n").rstrip("\x00")
    if "\x1a" in text:
        text = _END_OF_FILE.sub(r"\1\2", text.rstrip("\x00\x1a"))
    if "\x00" in text:
        raise RefusedError("文件不是文本文件;请另存为CSV或xlsx后重新报送。")
    if text.isascii() and len(_LOST.findall(text, 0, _HEAD)) > 1:
        raise RefusedError(_CHINESE_LOST)
    if text.count("\n") > MAX_LINES:
        raise RefusedError(f"CSV超过{MAX_LINES // 10_000}万行,太大无法读取;请拆分后重新报送。")
    text, separator = _separated(text)
    cells = (_quoted if '"' in text or not separator.isascii() else _unquoted)(text, separator)
    return [Sheet("", 1, _undisguised(cells, text, separator))]


def _separated(text: str) -> tuple[str, str]:
    """Return the text without a first line that names the separator, and the separator, which must be in use."""
    named = _NAMED_SEPARATOR.match(text)
    if named:
        text = text[named.end() :]
    return text, named[1] if named and named[1] in text[:_HEAD] else _separator(text[:_HEAD])


def _separator(head: str) -> str:
    """Return the sign that splits most lines into the same number of cells, and into most cells."""
    head = _IN_QUOTES.sub("x", head)
    lines = (_DECORATION.sub("", head) if "\t" in head or " " in head else head).split("\n")

    def fitness(separator: str) -> tuple[int, int]:
        counts = Counter(count for line in lines if (count := line.count(separator)))
        return max(((of_lines, count) for count, of_lines in counts.items()), default=(0, 0))

    return max((sign for sign in _SEPARATORS if sign in head), key=fitness, default=_SEPARATORS[0])


def _undisguised(cells: pl.DataFrame, text: str, separator: str) -> pl.DataFrame:
    """Take cells out of formulas and out of pairs of quotes that are not those of CSV; empty text becomes null."""
    if "=" in text or "\uff1d" in text:
        cells = cells.with_columns(pl.all().str.replace(_AS_TEXT, "$1").str.replace(_AS_NUMBER, "$1"))
    if any(quote in text for quote in _OTHER_QUOTES) and _ends_in_quotes(text, separator):
        cells = cells.with_columns(pl.all().str.replace(_IN_OTHER_QUOTES, "$1$2$3$4"))
    return cells.with_columns(pl.when(pl.all() != "").then(pl.all()))


def _ends_in_quotes(text: str, separator: str) -> bool:
    """Check whether a cell may end in another quote; an apostrophe in front of each id is none."""
    end = rf'\s*(?:[{re.escape(separator)}"\n]|\Z)'
    return any(sign in text and re.search(sign + end, text) for sign in _ENDS_OF_QUOTES)


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
