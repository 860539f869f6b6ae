"""An original is written again without a person: every other cell is read as before, at its place."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from sources.erasure.mentions import mentions
from sources.erasure.originals import without_person
from sources.erasure.person import Person
from sources.reading.files import Sheet, read_here, read_sheets
from tests.unit.sources.builder import (
    csv_file,
    json_lines_file,
    odd_xls,
    odd_xlsx,
    parquet_file,
    resident_id,
    wide,
    xls_file,
    xlsx_file,
    zip_file,
)

OWN, OTHER = resident_id(1), resident_id(2)
NAME = "上官云锦"
PERSON = Person(OWN, (NAME,), ("440000123456",), shared_names=(NAME,))
HEAD: list[Any] = ["身份证号", "姓名", "金额", "日期", "是否"]
DAY = dt.date(2021, 6, 15)
ROWS: list[list[Any]] = [
    HEAD,
    [OTHER, "张三", 12.5, DAY, True],
    [OWN, NAME, 3, DAY, False],
    [OTHER, NAME, 1e6, None, None],
    [None, f"{NAME}家大棚", 0.1, None, None],
    ["合计", None, 15.5, None, None],
]


def _cells(sheet: Sheet) -> list[tuple[str | None, ...]]:
    return sheet.cells.rows()


def _rewritten(content: bytes, name: str = "表.xlsx") -> list[Sheet]:
    new = without_person(content, name, PERSON, read_here)
    assert new is not None
    assert not mentions(new, PERSON.needles)
    return read_sheets(new)


def _texts(rows: list[list[Any]]) -> list[list[Any]]:
    return [[None if c is None else str(c) for c in row] for row in rows]


@pytest.mark.parametrize("content", [xlsx_file({"一": ROWS}), xls_file({"一": ROWS}), csv_file(_texts(ROWS))])
def test_the_persons_row_and_the_totals_go_and_the_name_is_masked_without_an_id(content: bytes) -> None:
    (before,), (after,) = read_sheets(content), _rewritten(content)
    old, new = _cells(before), _cells(after)
    assert new[:2] == old[:2]
    assert new[2] == (None,) * 5
    assert new[3] == old[3], "another person of that name keeps it"
    assert new[4] == (old[4][0], "***家大棚", *old[4][2:])
    assert not any(any(row) for row in new[5:]), "the printed total would tell the person's amount"
    assert [after.type_of(c)[:4].tolist() for c in (2, 3)] == [
        [*before.type_of(c)[:2].tolist(), 0, before.type_of(c)[3]] for c in (2, 3)
    ]


@pytest.mark.parametrize("label", [["3", "合计"], ["源潭镇", "小计"], ["", "全区合计"], ["合计", "2"], ["2", "累计"]])
def test_a_total_goes_wherever_its_label_is_and_other_rows_stay(label: list[str]) -> None:
    head = ["序号", "身份证号", "党员总数", "备注"]
    other = ["2", OTHER, "7", "累计救助3次"]
    content = csv_file([head, ["1", OWN, "3", ""], other, [*label, "10", ""]])
    assert [row for row in _cells(_rewritten(content, "表.csv")[0]) if any(row)] == [tuple(head), tuple(other)]


@pytest.mark.parametrize(
    "cell",
    [wide(OWN), OWN.lower(), f"{OWN[:6]} {OWN[6:14]}-{OWN[14:]}", f"{OWN}43", OWN[:6] + OWN[8:17], "440000123456"],
)
def test_the_id_is_found_in_every_spelling_and_so_is_the_persons_own_household(cell: str) -> None:
    content = csv_file([["编号", "金额"], [cell, "1"], ["440000123457", "2"]])
    assert _cells(_rewritten(content, "表.csv")[0]) == [("编号", "金额"), (None, None), ("440000123457", "2")]


def test_a_merged_cell_that_begins_in_the_persons_row_still_fills_the_other_rows() -> None:
    rows = [["户编号", "身份证号"], ["H00000001", OWN], [None, OTHER], [None, resident_id(3)]]
    (sheet,) = _rewritten(xlsx_file({"一": rows}, {"一": [(1, 0, 3, 0)]}))
    assert _cells(sheet) == [
        ("户编号", "身份证号"), (None, None), ("H00000001", OTHER), ("H00000001", resident_id(3)),
    ]  # fmt: skip
    assert len(sheet.merges) == 0


def test_merged_titles_and_the_numbers_of_sheets_stay() -> None:
    sheets = {"一": [["标题", None], ["身份证号", "额"], [OWN, 1], [OTHER, 2]], "藏": [[OWN]], "三": [["a", "b"]]}
    content = xlsx_file(sheets, {"一": [(0, 0, 0, 1)]}, hidden=["藏"])
    first, hidden, third = _rewritten(content)
    assert (first.number, hidden.is_hidden, third.number) == (1, True, 3)
    assert first.merges.tolist() == [[0, 0, 0, 1]]
    assert _cells(first)[3] == (OTHER, "2")


def test_a_person_in_a_hidden_sheet_only_is_found_and_gone() -> None:
    content = xlsx_file({"一": [["a", "b"], ["1", "2"]], "藏": [[OWN]]}, hidden=["藏"])
    new = without_person(content, "表.xlsx", PERSON, read_here)
    assert new
    assert OWN.encode() not in b"".join(
        zipfile.ZipFile(io.BytesIO(new)).read(m) for m in zipfile.ZipFile(io.BytesIO(new)).namelist()
    )
    assert _cells(read_sheets(new)[0]) == [("a", "b"), ("1", "2")]


def test_members_of_a_zip_and_their_names() -> None:
    other = csv_file([["身份证号"], [OTHER]])
    content = zip_file({f"{NAME}.csv": csv_file([["身份证号"], [OWN], [OTHER]]), "b.csv": other})
    new = without_person(content, "包.zip", PERSON, read_here)
    assert new
    with zipfile.ZipFile(io.BytesIO(new)) as archive:
        assert set(archive.namelist()) == {"***.csv", "b.csv"}
        assert archive.read("***.csv").decode() == f"身份证号\n\n{OTHER}\n"
        assert archive.read("b.csv") == other


def test_a_file_without_the_person_is_left_as_it_is_and_an_unreadable_one_with_the_person_is_emptied() -> None:
    assert without_person(xlsx_file({"一": [HEAD, ROWS[1]]}), "表.xlsx", PERSON, read_here) is None
    assert without_person(b"<html>" + OTHER.encode(), "网页.xls", PERSON, read_here) is None
    assert without_person(b"<html>" + OWN.encode(), "网页.xls", PERSON, read_here) == b""


@pytest.mark.parametrize("write", [odd_xlsx, odd_xls])
def test_odd_formats_formulas_errors_and_the_first_day_of_dates_survive(
    write: Callable[[list[list[Any]]], bytes],
) -> None:
    content = write([["身份证号", "姓名"], *[[OWN if i == 3 else OTHER, f"某{i}"] for i in range(8)]])
    (before,), (after,) = read_sheets(content), _rewritten(content)
    assert before.has_1904_dates
    assert after.has_1904_dates
    for number, (old, new) in enumerate(zip(_cells(before), _cells(after), strict=True)):
        assert new == ((None,) * len(old) if number == 4 else old)


@pytest.mark.parametrize("name", ["库.parquet", "库.jsonl"])
def test_a_typed_original_keeps_its_types_and_loses_the_person(name: str) -> None:
    rows = {
        "身份证号": [OWN, OTHER, OTHER],
        "姓名": [NAME, "李四", "合计"],
        "金额": [Decimal("1.50"), Decimal("2.25"), None],
        "人数": [1, 2, 3],
        "日期": [dt.date(2021, 6, 1)] * 3,
        "是": [True, False, None],
    }
    content = parquet_file(rows) if name.endswith("parquet") else json_lines_file(rows)
    (before,) = read_sheets(content)
    new = without_person(content, name, PERSON, read_here)
    assert new is not None
    assert not mentions(new, PERSON.needles)
    (after,) = read_sheets(new)
    assert after.is_typed
    assert after.cells.rows() == [before.cells.row(0), (None,) * 6, *before.cells.rows()[2:]]
    assert {i: v[2:].to_list() for i, v in after.typed.items()} == {i: v[2:].to_list() for i, v in before.typed.items()}
    assert all(values[1] is None for values in after.typed.values())
    assert without_person(new, name, PERSON, read_here) is None
