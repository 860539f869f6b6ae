"""Style workbooks, and neutralise text that a spreadsheet would run as a formula.

Belongs here: fonts, colours, print set-up, neutral text.
Does not belong here: the contents of a workbook.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from copy import deepcopy
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

FONT = "微软雅黑"
CONFIDENTIAL = "含个人信息,仅限工作使用,请勿外传"
"""Footer of every page with identities."""

MAX_TEXT = 2_000
"""Maximum characters of a cell; Excel allows 32,767."""
CLIPPED = "…(内容过长,已截断)"
_RISKY = r"^(?:[\t\r\n]|\s*[=+\-@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}])"
_NEGATIVE_NUMBER = r"^-[\d.,]*%?$"
_A4 = 9
LINE_HEIGHT = 15.5

# A cell is a formula, a link or a number only if it is written as one. Zipping in memory keeps identities out of the
# system's folder for temporary files.
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_format_properties": {"font_name": FONT, "font_size": 10, "valign": "vcenter"},
}

_BASE = {"font_name": FONT, "font_size": 10, "valign": "vcenter"}
_CELL = _BASE | {"border": 1, "border_color": "#BFBFBF", "num_format": "@"}
_HEAD = _CELL | {"bold": True, "align": "center", "text_wrap": True}
_FORMATS: dict[str, dict[str, Any]] = {
    "title": _BASE | {"bold": True, "font_size": 16, "font_color": "#1F3864"},
    "subtitle": _BASE | {"font_color": "#595959", "text_wrap": True},
    "section": _BASE | {"bold": True, "font_size": 12, "font_color": "#1F3864", "bottom": 2, "bottom_color": "#1F3864"},
    "head": _HEAD | {"bg_color": "#1F3864", "font_color": "#FFFFFF"},
    "head_plain": _HEAD | {"bg_color": "#D9E2F3", "font_color": "#1F3864"},
    "head_answer": _HEAD | {"bg_color": "#FFD966", "font_color": "#000000"},
    "text": _CELL,
    "wrap": _CELL | {"text_wrap": True},
    "link": _CELL | {"align": "center", "font_color": "#0563C1", "underline": 1, "text_wrap": True},
    "center": _CELL | {"align": "center"},
    "state": _CELL | {"align": "center", "text_wrap": True},
    "count": _CELL | {"num_format": '#,##0;-#,##0;"–"'},
    "number": _CELL | {"align": "center", "num_format": "0"},
    "decimal_0": _CELL | {"num_format": "#,##0"},
    "decimal_1": _CELL | {"num_format": "#,##0.0"},
    "decimal_2": _CELL | {"num_format": "#,##0.00"},
    "decimal_3": _CELL | {"num_format": "#,##0.000"},
    "decimal_4": _CELL | {"num_format": "#,##0.0000"},
    "day": _CELL | {"num_format": "yyyy-mm-dd", "align": "center"},
    "day_late": _CELL | {"num_format": "yyyy-mm-dd", "align": "center", "bold": True, "font_color": "#C00000"},
    "moment": _CELL | {"num_format": "yyyy-mm-dd hh:mm", "align": "center"},
    "bad": _CELL | {"bg_color": "#FF9F9F", "font_color": "#9C0006"},
    "emptied": _CELL | {"bg_color": "#FFE699", "font_color": "#7F6000"},
    "noted": _CELL | {"bg_color": "#BDD7EE", "font_color": "#1F3864"},
    "good": _CELL | {"align": "center", "font_color": "#375623", "bg_color": "#E2EFDA"},
    "rejected": _CELL | {"align": "center", "bold": True, "font_color": "#9C0006", "bg_color": "#FFC7CE"},
    "missing": _CELL | {"align": "center", "font_color": "#7F6000", "bg_color": "#FFF2CC"},
    "muted": _CELL | {"align": "center", "font_color": "#808080", "bg_color": "#F2F2F2"},
    "red": _CELL | {"align": "center", "bold": True, "font_color": "#FFFFFF", "bg_color": "#C00000"},
    "orange": _CELL | {"align": "center", "bold": True, "font_color": "#FFFFFF", "bg_color": "#ED7D31"},
    "yellow": _CELL | {"align": "center", "bg_color": "#FFE699"},
    "answer": _CELL | {"bg_color": "#FFF9E5", "locked": False, "text_wrap": True},
    "answer_day": _CELL | {"bg_color": "#FFF9E5", "locked": False, "num_format": "yyyy-mm-dd", "align": "center"},
    "guide": _BASE | {"text_wrap": True, "font_size": 11},
    "input_text": _BASE | {"num_format": "@"},
    "input_number": _BASE | {"num_format": "General"},
    "input_day": _BASE | {"num_format": "yyyy-mm-dd"},
}


class Book:
    """A workbook being written, with formats by name; the end of the ``with`` block writes the file."""

    def __init__(self, path: Path, title: str, subject: str, created: datetime | None = None) -> None:
        # XlsxWriter changes the options that it is given, and the next workbook would have another font.
        self._workbook = xlsxwriter.Workbook(str(path), deepcopy(_OPTIONS))
        properties = {"title": title, "subject": subject, "author": "守望", "created": created}
        self._workbook.set_properties({k: v for k, v in properties.items() if v is not None})
        self._formats: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        """Return the format of that name."""
        if name not in self._formats:
            self._formats[name] = self._workbook.add_format(_FORMATS[name])
        return self._formats[name]

    def sheet(self, name: str, landscape: bool = True, footer: str = "") -> Any:
        """Add a sheet set up for printing on A4, one page wide."""
        sheet = self._workbook.add_worksheet(sheet_name(name))
        sheet.set_paper(_A4)
        if landscape:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        sheet.set_footer(f"&L&8{footer}&R&8第 &P 页,共 &N 页")
        sheet.hide_gridlines(2)
        sheet.set_default_row(LINE_HEIGHT + 3)
        return sheet

    def __enter__(self) -> Book:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Write the file, unless the block raised."""
        if kind is None:
            self._workbook.close()


def sheet_name(text: str) -> str:
    """Turn a text into a sheet name: at most 31 characters, without those that Excel forbids."""
    return re.sub(r"[\[\]:*?/\\]", "_", text)[:31].strip("'") or "表"


def file_name(text: str) -> str:
    """Turn a text into a part of a file name that is valid on any system."""
    return re.sub(r'[\\/:*?"<>|\s]+', "_", text).strip("_.")


def neutral(texts: pl.Series) -> pl.Series:
    """Neutralise and clip delivered texts: prefix an apostrophe to a text that a spreadsheet would run as a formula.

    Cells are written as text anyway; the apostrophe protects people who save a sheet as CSV. The intake removes it.
    """
    risky = texts.str.contains(_RISKY) & ~texts.str.contains(_NEGATIVE_NUMBER)
    frame = pl.DataFrame({"text": texts, "risky": risky})
    shown = pl.when("risky").then("'" + pl.col("text")).otherwise("text")
    long = shown.str.len_chars() > MAX_TEXT
    return frame.select(pl.when(long).then(shown.str.head(MAX_TEXT) + CLIPPED).otherwise(shown).alias(texts.name))[
        texts.name
    ]


def neutral_text(text: str) -> str:
    """Apply ``neutral`` to one text."""
    return str(neutral(pl.Series([text], dtype=pl.String))[0])


def columns(sheet: Any, widths: Sequence[float]) -> None:
    """Set the widths of the first columns, in characters."""
    for index, width in enumerate(widths):
        sheet.set_column(index, index, width)


def display_width(text: str) -> int:
    """Compute the width of a text in half-width characters; a Chinese character counts as two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def row_height(cells: Iterable[tuple[str, float]], least: int = 1) -> float:
    """Compute the height in points of a row of wrapped cells ``(text, column width)``: Excel never fits merged ones."""
    lines = [sum(max(1, math.ceil(display_width(p) * 1.06 / width)) for p in t.split("\n")) for t, width in cells]
    return min(409.0, max([least, *lines]) * LINE_HEIGHT + 3)
