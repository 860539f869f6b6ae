"""Write tables as a workbook to be filtered: a sheet per table, a sheet of contents before them.

Belongs here: widths, formats by type, filters. Does not belong here: the tables, where the workbook goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from workbooks.style import Book, columns, display_width, neutral_text

_HEAD_ROW = 3
_MOST_DECIMALS = 4
_WIDEST = 40.0
_CONTENTS = (("工作表", 16.0), ("问题", 60.0), ("数据来源", 24.0), ("行数", 10.0))


@dataclass(frozen=True)
class Table:
    """A table with the question that it answers; cells are texts, numbers, dates, truth values or None."""

    name: str
    asks: str
    source: str
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


def write_tables(path: Path, title: str, about: str, tables: Sequence[Table], created: datetime) -> None:
    """Write the workbook; equal tables and an equal time of creation give equal bytes. Raises OSError."""
    with Book(path, title, about, created) as book:
        _write_contents(book, title, about, tables)
        for table in tables:
            _write_table(book, table, about)


def _write_contents(book: Book, title: str, about: str, tables: Sequence[Table]) -> None:
    sheet = book.sheet("目录", landscape=False)
    columns(sheet, [width for _, width in _CONTENTS])
    sheet.set_row(0, 28)
    sheet.write_string(0, 0, title, book["title"])
    sheet.write_string(1, 0, about, book["subtitle"])
    for index, (head, _) in enumerate(_CONTENTS):
        sheet.write_string(_HEAD_ROW, index, head, book["head"])
    for row, table in enumerate(tables, _HEAD_ROW + 1):
        sheet.write_url(row, 0, f"internal:'{table.name}'!A1", book["link"], table.name)
        sheet.write_string(row, 1, table.asks, book["wrap"])
        sheet.write_string(row, 2, table.source, book["text"])
        sheet.write_number(row, 3, len(table.rows), book["decimal_0"])


def _write_table(book: Book, table: Table, about: str) -> None:
    sheet = book.sheet(table.name, footer=about)
    sheet.write_string(0, 0, table.asks, book["section"])
    sheet.write_string(1, 0, f"{table.source};{about}", book["subtitle"])
    by_column = list(zip(*table.rows, strict=True)) if table.rows else [()] * len(table.columns)
    for index, (head, cells) in enumerate(zip(table.columns, by_column, strict=True)):
        number_format = f"decimal_{_decimals(cells)}"
        texts = [head, *(_text(cell) for cell in cells)]
        sheet.set_column(index, index, min(_WIDEST, max(map(display_width, texts)) + 3))
        sheet.write_string(_HEAD_ROW, index, head, book["head"])
        for row, cell in enumerate(cells, _HEAD_ROW + 1):
            _write_cell(book, sheet, row, index, cell, number_format)
    sheet.freeze_panes(_HEAD_ROW + 1, 1)
    sheet.repeat_rows(_HEAD_ROW)
    sheet.autofilter(_HEAD_ROW, 0, _HEAD_ROW + len(table.rows), len(table.columns) - 1)


def _write_cell(book: Book, sheet: Any, row: int, column: int, cell: object, number_format: str) -> None:
    match cell:
        case bool():
            sheet.write_string(row, column, _text(cell), book["center"])
        case int() | float():
            sheet.write_number(row, column, cell, book[number_format])
        case date():
            # A moment is shown by its day.
            sheet.write_datetime(row, column, datetime(cell.year, cell.month, cell.day), book["day"])
        case None:
            sheet.write_blank(row, column, None, book["text"])
        case _:
            sheet.write_string(row, column, neutral_text(str(cell)), book["text"])


def _decimals(cells: Sequence[object]) -> int:
    """Count the decimals that the numbers of a column need, at most four."""
    shown = [f"{cell:.{_MOST_DECIMALS}f}".rstrip("0").partition(".")[2] for cell in cells if isinstance(cell, float)]
    return max(map(len, shown), default=0)


def _text(cell: object) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "是" if cell else "否"
        case date():
            return cell.isoformat()[:10]
        case float():
            return f"{cell:,.{_MOST_DECIMALS}f}".rstrip("0").rstrip(".")
    return str(cell)
