"""The dictionary as a workbook: a sheet per chapter, a row per row, to be filtered and printed.

Belongs here: widths, the sheet of contents. Does not belong here: contents, formats (``workbooks.style``).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from orchestration.dictionary.chapter import Chapter
from workbooks.style import Book, columns, neutral, row_height

_WRITTEN = datetime(2021, 1, 1)
"""A fixed time of creation: equal contents are equal files."""
_NARROW, _PLAIN, _WIDE = 12.0, 20.0, 60.0
_OWN = ("名称", "对象代码", "说明")
"""Heads of what the rows of an entry share, before its facts."""
_ABOUT_WIDTHS = (20.0, 12.0, 90.0)


def write(path: Path, chapters: Iterable[Chapter]) -> None:
    """Write the workbook. Raises OSError if it cannot be written."""
    chapters = tuple(chapters)
    with Book(path, "守望数据字典", "数据表、数据集市、规则与指标、参数、检查", _WRITTEN) as book:
        _write_contents(book, chapters)
        for chapter in chapters:
            _write_chapter(book, chapter)


def _write_contents(book: Book, chapters: Iterable[Chapter]) -> None:
    sheet = book.sheet("目录", landscape=False)
    columns(sheet, _ABOUT_WIDTHS)
    sheet.set_row(0, 28)
    sheet.write_string(0, 0, "守望数据字典", book["title"])
    for index, head in enumerate(("工作表", "行数", "内容")):
        sheet.write_string(2, index, head, book["head"])
    for row, chapter in enumerate(chapters, 3):
        sheet.set_row(row, row_height([(chapter.about, _ABOUT_WIDTHS[2])]))
        sheet.write_url(row, 0, f"internal:'{chapter.title}'!A1", book["link"], chapter.title)
        sheet.write_number(row, 1, chapter.rows, book["count"])
        sheet.write_string(row, 2, chapter.about, book["wrap"])


def _write_chapter(book: Book, chapter: Chapter) -> None:
    sheet = book.sheet(chapter.title)
    heads = (*_OWN, *chapter.facts, *chapter.heads)
    rows = _neutral(
        [(entry.title, entry.name, entry.about, *entry.facts, *row) for entry in chapter.entries for row in entry.rows]
    )
    widths = [_width([head, *cells]) for head, cells in zip(heads, zip(*rows, strict=True), strict=True)]
    columns(sheet, widths)
    for index, head in enumerate(heads):
        sheet.write_string(0, index, head, book["head"])
    for number, row in enumerate(rows, 1):
        _write_row(book, sheet, number, row, widths)
    sheet.freeze_panes(1, 2)
    sheet.repeat_rows(0)
    sheet.autofilter(0, 0, len(rows), len(heads) - 1)


def _neutral(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Neutralise every text, so that none is a formula where somebody saves the sheet as CSV."""
    return pl.DataFrame(rows, orient="row").select(pl.all().map_batches(neutral, return_dtype=pl.String)).rows()


def _write_row(book: Book, sheet: Any, number: int, row: tuple[str, ...], widths: list[float]) -> None:
    sheet.set_row(number, row_height(zip(row, widths, strict=True)))
    for index, text in enumerate(row):
        sheet.write_string(number, index, text, book["wrap"])


def _width(texts: Iterable[str]) -> float:
    """Choose the width of a column by its longest text."""
    longest = max(len(line) * 2 for text in texts for line in text.split("\n"))
    return _NARROW if longest <= _NARROW else _PLAIN if longest <= 2 * _PLAIN else _WIDE
