"""The rows of a sheet: totals, footers, repeated headers, blank rows, merged cells."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from sources.reading.files import read_sheets
from sources.reading.header import find_header
from sources.reading.table import extract_table
from tests.unit.sources.builder import CONTRACTS, Merge, csv_file, wide, xls_file, xlsx_file

INCOME = CONTRACTS.dataset("household_income")
LABELS = [c.label for c in INCOME.required]
FIRST = INCOME.columns[0].name


def _row(code: str | None, *amounts: str | None) -> list[str | None]:
    return [code, *(amounts or ("1", "2", "3", "4", "5"))]


def _table(content: bytes) -> pl.DataFrame:
    sheet = read_sheets(content)[0]
    header = find_header(sheet, INCOME)
    assert header is not None
    return extract_table(sheet, header, INCOME).rows


def _data(rows: list[list[Any]]) -> list[tuple[int, str | None]]:
    frame = _table(csv_file([[c or "" for c in row] for row in rows])).filter(pl.col("role") == "data")
    return frame.select("row_number", FIRST).rows()


def test_rows_are_numbered_as_in_the_spreadsheet() -> None:
    rows = [["标题"], [], LABELS, _row("H1"), [], _row("H2")]
    assert _data(rows) == [(4, "H1"), (6, "H2")]


@pytest.mark.parametrize("write", [xlsx_file, xls_file])
def test_rows_are_numbered_as_in_the_spreadsheet_below_empty_rows_and_right_of_empty_columns(write) -> None:
    rows = [[], [], [None, None, *LABELS], [], [None, None, *_row("H1")]]
    assert _table(write({"表": rows})).select("row_number", FIRST).rows() == [(5, "H1")]


def test_a_line_break_in_quotes_is_one_row() -> None:
    content = (",".join(LABELS) + '\n"H\n1",1,2,3,4,5\n\nH2,1,2,3,4,5\n').encode()
    frame = _table(content)
    assert frame.select("row_number", f"{FIRST}__text").rows() == [(2, "H1"), (4, "H2")]


@pytest.mark.parametrize("blank", ["", " ", "\u3000", "\u200b", "\ufeff", "\xa0\t"])
def test_blank_rows_are_left_out_whatever_they_are_made_of(blank: str) -> None:
    assert _data([LABELS, [blank] * 6, _row("H1")]) == [(3, "H1")]


def test_a_row_of_dashes_is_a_row() -> None:
    assert _data([LABELS, ["-"] * 6]) == [(2, "-")]


def test_repeated_headers_are_left_out() -> None:
    rows = [LABELS, _row("H1"), LABELS, _row("H2"), [LABELS[0], None, LABELS[2], None, None, None], _row("H3")]
    assert _data(rows) == [(2, "H1"), (4, "H2"), (6, "H3")]


def test_a_row_with_one_header_text_is_data() -> None:
    assert _data([LABELS, [LABELS[0], *[None] * 5], [LABELS[0], "1", "2", "3", "4", "5"]]) == [
        (2, LABELS[0]),
        (3, LABELS[0]),
    ]


def test_both_rows_of_a_repeated_header_are_left_out() -> None:
    upper, lower = [LABELS[0], "近12个月", *[None] * 4], [None, *(t.removeprefix("近12个月") for t in LABELS[1:])]
    rows = [upper, lower, _row("H1"), upper, lower, _row("H2")]
    assert _data(rows) == [(3, "H1"), (6, "H2")]
    merges = [(0, 1, 0, 5), (0, 0, 1, 0), (3, 1, 3, 5), (3, 0, 4, 0)]
    frame = _table(xlsx_file({"表": rows}, {"表": merges}))
    assert frame.select("row_number", FIRST).rows() == [(3, "H1"), (6, "H2")]


@pytest.mark.parametrize(
    "text", ["填表人:张三", "填表人", "审核人:李四", "制表:王五", "制表日期 2021-06-30", "备注:略", "备 注"]
)
def test_footers_are_left_out_also_where_they_stand_in_a_key_column(text: str) -> None:
    assert _data([LABELS, _row("H1"), [text], [None, text], [text, "审核人:李四", None, None, None, "制表:x"]]) == [
        (2, "H1")
    ]


def test_a_row_with_a_key_or_amounts_is_no_footer() -> None:
    other = [*LABELS[1:], LABELS[0]]
    rows = [["备注", "1", "2", "3", "4", "H1"], ["备注", "1", "2", "3", "4", "-"], ["备注", "", "", "", "", "-"]]
    assert _table(csv_file([other, *rows])).select("row_number", FIRST).rows() == [(2, "H1"), (3, "-")]


def test_a_footer_text_in_the_middle_of_a_row_is_data() -> None:
    assert _data([LABELS, ["H1", "备注", None, None, None, None]]) == [(2, "H1")]


@pytest.mark.parametrize("label", ["合计", "小计", "总计", "合 计", "合计:", wide("总计:")])
def test_total_rows_are_told_by_their_first_filled_cell_wherever_it_stands(label: str) -> None:
    numbered = [["序号", *LABELS], ["1", *_row("H1")], [label, None, "1", "2", "3", "4", "5"]]
    for rows in (numbered, [LABELS, _row("H1"), [label, *_row(None)[1:]], [None, label, "2"]]):
        frame = _table(csv_file([[c or "" for c in row] for row in rows]))
        assert frame["role"].to_list()[:2] == ["data", "total"]
        assert frame.filter(pl.col("role") == "data").height == 1
        assert set(frame.filter(pl.col("role") == "total")["label"]) == {label.replace(" ", "").rstrip(":\uff1a")}


@pytest.mark.parametrize("text", ["合计户", "共合计", "小计数据"])
def test_a_text_that_only_holds_the_word_is_data(text: str) -> None:
    assert _data([LABELS, _row(text)]) == [(2, text)]


def test_totals_above_the_data_and_above_the_header_are_totals() -> None:
    frame = _table(csv_file([["合计", "1", "", "", "", ""], LABELS, ["总计", "1", "", "", "", ""], _row("H1")]))
    assert frame.select("row_number", "role").rows() == [(1, "total"), (3, "total"), (4, "data")]


def _filled(merges: list[Merge], rows: int = 4) -> list[tuple[Any, ...]]:
    body = [[None] * 6 for _ in range(rows)]
    for top, left, _, _ in merges:
        body[top - 1][left] = f"m{top}{left}"
    body = [[*cells[:5], f"e{i}"] for i, cells in enumerate(body)]
    names = [c.name for c in INCOME.required]
    in_xlsx = _table(xlsx_file({"表": [LABELS, *body]}, {"表": merges})).select(names).rows()
    in_xls = _table(xls_file({"表": [LABELS, *body]}, merges)).select(names).rows()
    assert in_xls == in_xlsx
    return in_xlsx


def test_a_vertically_merged_cell_fills_its_own_range_only() -> None:
    found = _filled([(2, 0, 3, 0)])
    assert [row[0] for row in found] == [None, "m20", "m20", None]


def test_a_horizontally_merged_cell_fills_nothing() -> None:
    assert [row[:4] for row in _filled([(2, 1, 2, 3)])][1] == (None, "m21", None, None)


def test_a_range_that_is_wide_and_tall_fills_its_first_column() -> None:
    found = _filled([(1, 1, 3, 2)])
    assert [row[1] for row in found] == ["m11", "m11", "m11", None]
    assert [row[2] for row in found] == [None] * 4


def test_ranges_side_by_side_and_below_each_other_keep_apart() -> None:
    found = _filled([(1, 0, 2, 0), (3, 0, 4, 0), (1, 1, 4, 1)])
    assert [row[0] for row in found] == ["m10", "m10", "m30", "m30"]
    assert [row[1] for row in found] == ["m11"] * 4


def test_a_range_that_reaches_below_the_last_row_ends_with_it() -> None:
    content = xlsx_file({"表": [LABELS, _row("H1"), [None, "1", "2", "3", "4", "5"]]}, {"表": [(1, 0, 9, 0)]})
    assert _table(content)[FIRST].to_list() == ["H1", "H1"]


def test_ranges_that_overlap_fill_from_the_last_one_to_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = read_sheets(xlsx_file({"表": [LABELS, *(_row(f"H{i}") for i in range(6))]}))[0]
    sheet = replace(sheet, merges=np.array([[1, 0, 5, 0], [3, 0, 4, 0], [3, 0, 10**12, 0]]))
    header = find_header(sheet, INCOME)
    assert header is not None
    assert extract_table(sheet, header, INCOME).rows[FIRST].to_list() == ["H0", "H0", "H2", "H2", "H2", "H2"]


def test_a_merged_cell_keeps_its_type() -> None:
    rows = [LABELS, [7.0, 1, 2, 3, 4, 5], [None, 1, 2, 3, 4, 5]]
    frame = _table(xlsx_file({"表": rows}, {"表": [(1, 0, 2, 0)]}))
    assert frame.select(FIRST, f"{FIRST}__type").rows() == [("7", 1), ("7", 1)]


def test_a_header_cell_merged_into_the_data_fills_no_row() -> None:
    rows = [LABELS, *[[None, "1", "2", "3", "4", "5"]] * 30]
    frame = _table(xlsx_file({"表": rows}, {"表": [(0, 0, 30, 0)]}))
    assert frame[FIRST].null_count() == 30


def test_a_total_row_inside_a_merged_range_is_not_filled() -> None:
    rows = [LABELS, _row("H1"), [None, "合计", "2", None, None, None]]
    frame = _table(xlsx_file({"表": rows}, {"表": [(1, 2, 2, 2), (1, 0, 2, 0)]}))
    assert frame.filter(pl.col("role") == "total")[INCOME.columns[0].name].to_list() == [None]


def test_a_row_that_is_empty_but_for_merged_cells_above_it_is_blank() -> None:
    rows = [LABELS, _row("H1"), [None] * 6, _row("H2")]
    frame = _table(xlsx_file({"表": rows}, {"表": [(1, c, 2, c) for c in range(6)]}))
    assert frame["row_number"].to_list() == [2, 4]
