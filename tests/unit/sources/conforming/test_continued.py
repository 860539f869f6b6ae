"""A list that goes on on a sheet without a header is read on if it fits, else refused and counted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.sources.builder import conform, table, xls_file, xlsx_file
from tests.unit.sources.conforming.lists import (
    BODY,
    FIRST,
    HEADED,
    INCOME,
    PAYMENTS,
    SUBSISTENCE,
    WIDTH,
    Rows,
    block,
    expected,
    households,
    income,
    payments,
    read,
    swapped,
)


@pytest.mark.parametrize("write", [xlsx_file, xls_file])
@pytest.mark.parametrize(
    ("others", "rows"),
    [
        ({"二": BODY}, [("二", 1)]),
        ({"二": [["某县低保对象名单(续)"], *BODY]}, [("二", 2)]),
        ({"二": [["填报单位:某镇", None, None, "2021年6月"], [], *BODY]}, [("二", 3)]),
        ({"二": BODY[:1], "三": BODY[1:2], "四": BODY[2:]}, [("二", 1), ("三", 1), ("四", 1)]),
        ({"二": [], "三": BODY}, [("三", 1)]),
        ({"说明": [["请如实填写"]], "三": BODY}, [("三", 1)]),
    ],
)
def test_a_list_goes_on_on_sheets_without_a_header(write: Any, others: dict[str, Rows], rows: Any) -> None:
    found = conform(SUBSISTENCE, write({"封面": [["低保名单"]], "一": FIRST, **others}))
    assert [r[1:] for r in read(found)] == [r[1:] for r in expected(*((0, n) for n in range(1, 6)))]
    numbers = found.rows.filter(found.rows["sheet_no"] > 2)["row_number"].to_list()
    assert numbers[0] == rows[0][1]
    assert len(found.files[0].warnings) == len(rows)
    assert "没有表头" in found.files[0].warnings[0]


def test_the_total_at_the_end_of_a_list_over_two_sheets_is_that_of_both() -> None:
    one, two = income("1", "2"), [*income("3", "4")[1:], ["合计", "10"]]
    for i, cells in enumerate(two[:2]):
        cells[0] = f"W0000{i + 7}"
    found = conform(INCOME, xlsx_file({"一": one, "二": two}))
    assert (found.files[0].printed_totals, found.rows.height) == ("passed", 4)


@pytest.mark.parametrize(
    "second",
    [
        [r[1:] for r in BODY],
        [["1", *r] for r in BODY],
        [[*r[:8], *r[9:]] for r in BODY],
        [[f"栏{'甲乙丙丁戊己庚辛壬癸子'[i]}" for i in range(WIDTH)], *BODY],
        [["镇街", "村居", *[f"其他{t}" for t in "甲乙丙丁戊己庚辛壬"]], *BODY],
        [r[::-1] for r in BODY],
        [[f"2021年{i}栏" for i in range(WIDTH)], *BODY],
    ],
)
def test_a_sheet_that_does_not_fit_refuses_the_file_and_says_how_many_rows(second: Rows) -> None:
    found = conform(SUBSISTENCE, xlsx_file({"一": FIRST, "二": second}))
    (file,) = found.files
    assert "第2个工作表" in str(file.refusal)
    assert "有3行像是数据" in str(file.refusal)
    assert (file.rows_refused, file.rows_unread) == (2, 3)


def test_a_list_of_amounts_that_does_not_fit_is_refused_too() -> None:
    other = [[f"W0000{n}", "是", *r[1:]] for n, r in enumerate(income("3", "4")[1:], 8)]
    (file,) = conform(INCOME, xlsx_file({"一": income("1"), "二": other})).files
    assert "第2个工作表第1行起有2行像是数据" in str(file.refusal)


def test_a_summary_of_as_many_columns_is_no_continuation() -> None:
    summary = [
        ["镇", "2021年户数", "2021年人数", "收入1", "收入2", "收入3"],
        *[[f"某镇{i}", *"12345"] for i in range(9)],
    ]
    (file,) = conform(INCOME, xlsx_file({"一": income("1", "2"), "二": summary})).files
    assert (file.refusal, file.rows_unread, file.warnings) == (None, 0, [])


def test_households_on_a_hidden_sheet_without_a_header_count() -> None:
    content = xlsx_file({"一": [HEADED, *households(1, 2)], "二": households(2, 3)}, hidden=["二"])
    (file,) = conform(INCOME, content).files
    assert (file.refusal, file.rows_unread) == (None, 1)


@pytest.mark.parametrize("no", ["F{}", "F2021-{}", "清农〔2021〕{}号", "20210600{:02d}00"])
def test_a_sheet_goes_on_if_its_codes_look_like_those_before(no: str) -> None:
    rows = {"一": [table(PAYMENTS, [])[0], *payments(1, 2, no=no)], "二": payments(3, 11, 12, no=no)}
    found = conform(PAYMENTS, xlsx_file(rows))
    assert found.files[0].refusal is None
    assert found.rows["row_number"].to_list() == [2, 3, 1, 2, 3]


@pytest.mark.parametrize("no", ["F{}", "F2021-{}", "清农〔2021〕{}号", "20210600{:02d}00"])
def test_a_sheet_with_two_codes_in_each_others_place_refuses_the_file(no: str) -> None:
    swapped = [[r[1], r[0], *r[2:]] for r in payments(3, 4, no=no)]
    found = conform(PAYMENTS, xlsx_file({"一": [table(PAYMENTS, [])[0], *payments(1, 2, no=no)], "二": swapped}))
    assert found.rows.is_empty() or "1802000003" not in found.rows["payment_no"].to_list()
    if len(no) > 4:
        assert "第2个工作表第1行起有2行像是数据" in str(found.files[0].refusal)


@pytest.mark.parametrize("third", [block(5, 6)[1:], block(5, 6, swapped)[1:]])
@pytest.mark.parametrize("apart", [True, False])
def test_no_sheet_goes_on_after_tables_of_different_orders(third: Rows, apart: bool) -> None:
    """Head and person would change places without an error."""
    second = block(3, 4, swapped)
    before = {"一": FIRST, "二": second} if apart else {"一": [*FIRST, [], *second]}
    (file,) = conform(SUBSISTENCE, xlsx_file({**before, "三": third})).files
    assert "第1行起有2行像是数据" in str(file.refusal)
    assert (file.rows_refused, file.rows_unread) == (4, 2)


def test_a_sheet_goes_on_after_tables_of_which_one_lacks_a_column() -> None:
    lacking = block(1, 2, lambda names: [n for n in names if n != "approved_on"])
    found = conform(SUBSISTENCE, xlsx_file({"一": lacking, "二": block(3, 4), "三": block(5, 6)[1:]}))
    assert [r[0] for r in read(found)] == [2, 3, 2, 3, 1, 2]
