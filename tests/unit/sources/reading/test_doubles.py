"""A header that several columns have: which of them is read, and when the sheet is refused."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl
import pytest
import xlsxwriter
import xlwt

from sources.conforming.file import FileResult
from tests.unit.sources.builder import CONTRACTS, conform, csv_file, row, table, xlsx_file

ALLOWANCE = CONTRACTS.dataset("subsistence_allowance")
INCOME = CONTRACTS.dataset("household_income")
NAMES = [c.name for c in INCOME.required]
WAGE = NAMES.index("wage_income")
Rows = list[list[Any]]


def _income(*wages: Any) -> Rows:
    return table(INCOME, [row(INCOME, i, wage_income=w) for i, w in enumerate(wages, 1)])


def _with_column(rows: Rows, place: int, header: str, cells: Sequence[Any]) -> Rows:
    return [[*r[:place], cell, *r[place:]] for r, cell in zip(rows, [header, *cells], strict=True)]


def _wages(content: bytes) -> tuple[FileResult, list[float]]:
    found = conform(INCOME, content)
    wages = [] if found.files[0].refusal else [float(w) for w in found.rows["wage_income"]]
    return found.files[0], wages


def _xlsxwriter(rows: Rows, hidden: int) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    for r, cells in enumerate(rows):
        sheet.write_row(r, 0, cells)
    sheet.set_column(hidden, hidden, 0)
    book.close()
    return out.getvalue()


def _openpyxl(rows: Rows, hidden: int) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in rows:
        sheet.append(cells)
    letter = openpyxl.utils.get_column_letter(hidden + 1)
    sheet.column_dimensions.group(letter, letter, outline_level=1, hidden=True)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _xlwt(rows: Rows, hidden: int) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("表")
    for r, cells in enumerate(rows):
        for c, cell in enumerate(cells):
            sheet.write(r, c, cell)
    sheet.col(hidden).hidden = True
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("write", [_xlsxwriter, _openpyxl, _xlwt])
@pytest.mark.parametrize("place", [WAGE, WAGE + 1], ids=["left", "right"])
@pytest.mark.parametrize("header", ["近12个月工资性收入", "近12个月工资性收入(万元)", "*近12个月工资性收入(必填)"])
def test_the_visible_one_of_two_columns_is_read(write: Callable[[Rows, int], bytes], place: int, header: str) -> None:
    part, wages = _wages(write(_with_column(_income(100, 200), place, header, [1, 2]), place))
    assert part.refusal is None
    assert wages == [100, 200]
    assert part.unknown_headers == []
    assert len(part.warnings) == 1
    assert f"{'BC'[place - WAGE]}1“{header.strip('*').split('(必')[0]}" in part.warnings[0].replace("“*", "“")
    assert "是隐藏的列" in part.warnings[0]
    assert "只读取显示的列" in part.warnings[0]


@pytest.mark.parametrize("write", [_xlsxwriter, _openpyxl, _xlwt])
def test_a_hidden_column_without_a_visible_one_is_read_with_a_notice(write: Callable[[Rows, int], bytes]) -> None:
    part, wages = _wages(write(_income(100, 200), WAGE))
    assert wages == [100, 200]
    assert part.warnings == ["第1个工作表B1“近12个月工资性收入”是隐藏的列,仍作为数据读取。"]


def test_a_hidden_column_that_no_table_has_is_not_mentioned_but_as_drift() -> None:
    part, _ = _wages(_xlsxwriter(_with_column(_income(100), 0, "备用", [1]), 0))
    assert (part.warnings, part.unknown_headers) == ([], ["备用"])


@pytest.mark.parametrize(
    ("header", "cells", "first", "second"),
    [
        ("近12个月工资性收入", [100, 999], "B1", "D1"),
        ("近12个月工资性收入(元)", [100, None], "B1", "D1"),
        ("近12个月工资性收入(千元)", [100, 200], "B1", "D1"),
        ("★近12个月工资性收入", [1, 2], "B1", "D1"),
        ("近12个月工资性收入", ["100.10", "2000"], "B1", "D1"),
    ],
)
def test_visible_columns_that_differ_refuse_the_sheet(header: str, cells: list[Any], first: str, second: str) -> None:
    rows = _with_column(_income(100, 200), WAGE + 2, header, cells)
    for content in (xlsx_file({"表": rows}), csv_file(rows)):
        part, _ = _wages(content)
        assert part.rows_refused == 2
        assert first in str(part.refusal)
        assert second in str(part.refusal)
        assert "“近12个月工资性收入”列,内容却不同" in str(part.refusal)


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("近12个月工资性收入", [100, 200]),
        ("近12个月工资性收入(元)", ["100", "200"]),
        ("近12个月工资性收入", ["100.00", "200.0"]),
        ("近12个月工资性收入", [None, None]),
    ],
    ids=["equal", "the contract's unit", "written otherwise", "without content"],
)
@pytest.mark.parametrize("place", [0, WAGE, len(NAMES)])
def test_columns_with_equal_cells_are_one(header: str, cells: list[Any], place: int) -> None:
    part, wages = _wages(xlsx_file({"表": _with_column(_income(100, 200), place, header, cells)}))
    assert part.refusal is None
    assert wages == [100, 200]
    assert (part.warnings, part.unknown_headers) == ([], [])


def test_an_empty_column_with_a_unit_leaves_no_unit_behind() -> None:
    part, wages = _wages(xlsx_file({"表": _with_column(_income(1, 2), 0, "近12个月工资性收入(万元)", [None, None])}))
    assert (part.refusal, wages) == (None, [1, 2])
    rows = _income(1, 2)
    rows[0][WAGE] += "(万元)"
    part, wages = _wages(xlsx_file({"表": _with_column(rows, 0, "近12个月工资性收入", [None, None])}))
    assert (part.refusal, wages) == (None, [10_000, 20_000])


def test_totals_below_one_of_two_columns_do_not_matter() -> None:
    rows = [*_with_column(_income(100, 200), 2, "近12个月工资性收入", [100, 200]), ["合计", 300, None, 0, 0, 0, 0]]
    rows[-1][3:] = [None] * 4
    part, wages = _wages(xlsx_file({"表": rows}))
    assert (part.refusal, wages, part.printed_totals) == (None, [100, 200], "passed")


def test_names_of_a_person_in_two_columns_are_refused_without_their_text() -> None:
    name = ALLOWANCE.columns.index(ALLOWANCE["person_name"])
    rows = table(ALLOWANCE, [row(ALLOWANCE, i) for i in (1, 2)])
    rows = _with_column(rows, len(rows[0]), ALLOWANCE.columns[name].label, ["张小三", "李小四"])
    refusal = str(conform(ALLOWANCE, xlsx_file({"表": rows})).files[0].refusal)
    assert "内容却不同" in refusal
    assert "张小三" not in refusal


@pytest.mark.parametrize("header", ["户编码", "家庭编号", "户编号"])
@pytest.mark.parametrize("place", [0, 1, len(NAMES)])
def test_a_label_and_its_synonyms_are_the_same_column(header: str, place: int) -> None:
    codes = [r[0] for r in _income(100, 200)[1:]]
    equal, _ = _wages(xlsx_file({"表": _with_column(_income(100, 200), place, header, codes)}))
    other, _ = _wages(xlsx_file({"表": _with_column(_income(100, 200), place, header, codes[::-1])}))
    assert equal.refusal is None
    assert f"“{header}”" in str(other.refusal)
    assert "都是“户编号”列,内容却不同" in str(other.refusal)


def _under_heads(head: str, name: str) -> bytes:
    """Two rows of headers: the wage under this head and name, and one more column under the head of another year."""
    rows = _with_column(_income(100, 200), len(NAMES), "上年", [50, 60])
    below = [""] * len(NAMES) + ["近12个月工资性收入"]
    rows[0][WAGE], below[WAGE] = head, name
    return xlsx_file({"表": [rows[0], below, *rows[1:]]})


def test_a_column_under_a_head_that_no_table_has_is_another_one() -> None:
    part, wages = _wages(_under_heads("近12个月", "工资性收入"))
    assert (part.refusal, wages) == (None, [100, 200])
    assert part.unknown_headers == ["上年近12个月工资性收入"]


def test_columns_under_two_such_heads_refuse_the_sheet() -> None:
    part, _ = _wages(_under_heads("本年", "近12个月工资性收入"))
    assert "B2“近12个月工资性收入”和G2“近12个月工资性收入”都是" in str(part.refusal)


@pytest.mark.parametrize("height", [1, 2])
def test_a_hidden_row_that_looks_like_a_header_is_none_if_a_visible_row_is(height: int) -> None:
    rows = _income(100, 200)
    other = [rows[0][0], rows[0][2], rows[0][1], *rows[0][3:]]
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in [*[other] * height, *rows]:
        sheet.append(cells)
    for number in range(1, height + 1):
        sheet.row_dimensions[number].hidden = True
    out = io.BytesIO()
    book.save(out)
    part, wages = _wages(out.getvalue())
    assert (part.refusal, wages) == (None, [100, 200])


def test_a_hidden_header_is_read_if_there_is_no_other() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in [["标题"], *_income(100, 200)]:
        sheet.append(cells)
    sheet.row_dimensions[2].hidden = True
    out = io.BytesIO()
    book.save(out)
    assert _wages(out.getvalue())[1] == [100, 200]
