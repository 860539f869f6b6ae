"""Notices about rows that Excel hides or shows struck through: they are read, and counted."""

from __future__ import annotations

import io
from collections.abc import Callable, Collection

import openpyxl
import pytest
import xlsxwriter
import xlwt
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from sources.conforming.file import FileResult
from tests.unit.sources.builder import CONTRACTS, conform, row, table

INCOME = CONTRACTS.dataset("household_income")
WIDTH = len(INCOME.columns)
Rows = list[list[str]]
Cells = Collection[tuple[int, int]]
Write = Callable[[Rows, Collection[int], Cells], bytes]


def _rows(count: int) -> Rows:
    return table(INCOME, [row(INCOME, i) for i in range(1, count + 1)])


def _xlsxwriter(rows: Rows, hidden: Collection[int], struck: Cells) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet, old = book.add_worksheet(), book.add_format({"font_strikeout": True})
    for r, cells in enumerate(rows):
        for c, cell in enumerate(cells):
            sheet.write_string(r, c, cell, old if (r, c) in struck else None)
    sheet.autofilter(0, 0, len(rows) - 1, WIDTH - 1)
    for number in hidden:
        sheet.set_row(number, None, None, {"hidden": True})
    book.close()
    return out.getvalue()


def _openpyxl(rows: Rows, hidden: Collection[int], struck: Cells) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in rows:
        sheet.append(cells)
    for r, c in struck:
        sheet.cell(r + 1, c + 1).font = Font(strike=True)
    for number in hidden:
        sheet.row_dimensions.group(number + 1, number + 1, hidden=True)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _xlwt(rows: Rows, hidden: Collection[int], struck: Cells) -> bytes:
    book = xlwt.Workbook()
    sheet, old = book.add_sheet("表"), xlwt.easyxf("font: struck_out on")
    for r, cells in enumerate(rows):
        for c, cell in enumerate(cells):
            sheet.write(r, c, cell, *([old] if (r, c) in struck else []))
    for number in hidden:
        sheet.row(number).hidden = True
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _part(content: bytes, count: int) -> FileResult:
    found = conform(INCOME, content)
    assert found.files[0].refusal is None
    assert found.rows.height == count
    return found.files[0]


WRITERS = pytest.mark.parametrize("write", [_xlsxwriter, _openpyxl, _xlwt])


def _whole(*rows: int) -> Cells:
    return {(r, c) for r in rows for c in range(WIDTH)}


@WRITERS
def test_hidden_rows_are_read_and_counted(write: Write) -> None:
    (notice,) = _part(write(_rows(9), {2, 3, 7}, ()), 9).warnings
    assert notice.startswith("第1个工作表第3、4、8行是隐藏的")
    assert "共3行" in notice
    assert notice.endswith("。")


@WRITERS
def test_struck_rows_are_read_and_counted(write: Write) -> None:
    (notice,) = _part(write(_rows(9), (), _whole(2, 5)), 9).warnings
    assert notice.startswith("第1个工作表第3、6行整行带删除线(共2行)")


@WRITERS
def test_rows_with_some_struck_cells_are_counted_apart(write: Write) -> None:
    struck = {*_whole(1), (4, 1), (4, 2), (6, 0)}
    whole, some = _part(write(_rows(9), (), struck), 9).warnings
    assert "第2行整行带删除线(共1行)" in whole
    assert "第5、7行有单元格带删除线(共2行)" in some


@WRITERS
def test_hidden_and_struck_rows_get_a_notice_each(write: Write) -> None:
    assert len(_part(write(_rows(9), {2}, _whole(2)), 9).warnings) == 2


@WRITERS
def test_only_rows_with_data_count(write: Write) -> None:
    rows = [["标题", *[""] * (WIDTH - 1)], *_rows(3), ["合计", "300", *[""] * (WIDTH - 2)]]
    assert _part(write(rows, {0, 5}, {(0, 0), (1, 0), *_whole(5)}), 3).warnings == []


@WRITERS
def test_empty_cells_and_columns_that_no_table_has_do_not_keep_a_row_from_being_struck(write: Write) -> None:
    rows = [[str(i) if i else "序号", *cells] for i, cells in enumerate(_rows(3))]
    struck = {(2, c) for c in range(1, WIDTH + 1)}
    rows[2][3] = ""
    found = conform(INCOME, write(rows, (), struck))
    assert "第3行整行带删除线" in found.files[0].warnings[0]


@WRITERS
def test_of_many_rows_the_first_are_listed(write: Write) -> None:
    (notice,) = _part(write(_rows(60), range(11, 51), ()), 60).warnings
    assert "第12、13、14、" in notice
    assert "、31等40行" in notice
    assert "、32" not in notice


def test_texts_that_are_struck_in_part_are_counted() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in _rows(4):
        sheet.append(cells)
    sheet["B3"] = CellRichText(TextBlock(InlineFont(strike=True), "10"), "0")
    sheet["B4"] = CellRichText(TextBlock(InlineFont(strike=True), "100"))
    out = io.BytesIO()
    book.save(out)
    some, partly = _part(out.getvalue(), 4).warnings
    assert "第4行有单元格带删除线(共1行)" in some
    assert "第3行有单元格的部分文字带删除线(共1行)" in partly


def test_each_sheet_has_its_own_notice() -> None:
    book = openpyxl.Workbook()
    book.create_sheet("二")
    for number, sheet in enumerate(book.worksheets):
        for cells in table(INCOME, [row(INCOME, i) for i in range(10 * number + 1, 10 * number + 4)]):
            sheet.append(cells)
        sheet.row_dimensions[2 + number].hidden = True
    out = io.BytesIO()
    book.save(out)
    first, second = _part(out.getvalue(), 6).warnings
    assert first.startswith("第1个工作表第2行")
    assert second.startswith("第2个工作表第3行")


@pytest.mark.parametrize("is_struck", [True, False])
def test_a_rule_that_strikes_cells_through_is_mentioned(is_struck: bool) -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    for r, cells in enumerate(_rows(4)):
        sheet.write_row(r, 0, cells)
    old, new = book.add_format({"font_strikeout": True}), book.add_format({"bold": True})
    sheet.conditional_format(1, 0, 4, 0, {"type": "no_blanks", "format": new})
    if is_struck:
        sheet.conditional_format(1, 1, 4, 1, {"type": "cell", "criteria": "<", "value": 5, "format": old})
    book.add_worksheet().conditional_format(1, 1, 4, 1, {"type": "blanks", "format": old})
    book.close()
    warnings = _part(out.getvalue(), 4).warnings
    assert ["条件格式" in w for w in warnings] == [True] * is_struck
