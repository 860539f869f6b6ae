"""Several tables below each other on a sheet are each read by their own header, or refused."""

from __future__ import annotations

import pytest

from sources.contracts.model import Dataset
from sources.reading.blocks import NUMERIC_KINDS
from tests.unit.sources.builder import CONTRACTS, conform, csv_file, row, table, xlsx_file
from tests.unit.sources.conforming.lists import (
    CLEANING,
    FIRST,
    INCOME,
    ROADS,
    SUBSISTENCE,
    SUPPORT,
    WIDTH,
    Rows,
    block,
    both,
    expected,
    income,
    people,
    read,
    swapped,
)

SYNONYMS = {
    "person_name": "名字",
    "resident_id": "公民身份号码",
    "head_resident_id": "*户主身份证号码(必填)",
    "town_name": "镇街",
}


@pytest.mark.parametrize(
    ("second", "above"),
    [
        (block(3, 4), 0),
        (block(3, 4, swapped), 0),
        (block(3, 4, lambda names: names[::-1]), 0),
        (block(3, 4, lambda names: names[3:] + names[:3]), 0),
        (block(3, 4, swapped, **SYNONYMS), 0),
        (block(3, 4, **SYNONYMS), 0),
        (block(3, 4, lambda names: [n for n in swapped(names) if n != "approved_on"]), 0),
        ([["二、文洞村低保对象名单"], *block(3, 4, swapped)], 1),
        ([[], [], ["文洞村"], ["填报单位:某镇", None, "2021年6月"], *block(3, 4, swapped)], 4),
        ([[], [None, *FIRST[0]], *[[None, *r] for r in block(3, 4)[1:]]], 1),
        ([[*[None] * WIDTH, *r] for r in block(3, 4, swapped)], 0),
        ([[f"*{t}" for t in FIRST[0]], *block(3, 4)[1:]], 0),
        ([[f"{t}(必填)★" for t in block(3, 4, swapped)[0]], *block(3, 4, swapped)[1:]], 0),
    ],
)
def test_each_table_below_another_is_read_by_its_own_header(second: Rows, above: int) -> None:
    for found in both([*FIRST, *second]):
        assert read(found) == expected((2, 1), (3, 2), (5 + above, 3), (6 + above, 4))
        assert found.files[0].rows_unread == 0


def test_many_tables_of_one_sheet_are_read_in_turn() -> None:
    rows = [line for n in range(1, 31) for line in ([f"{n}、某村"], *block(n, n, swapped if n % 2 else list))]
    for found in both(rows):
        assert read(found) == expected(*((3 * n, n) for n in range(1, 31)))


def test_a_table_of_fewer_columns_above_a_fuller_one_is_not_taken_for_its_title() -> None:
    short = block(1, 2, lambda names: [n for n in swapped(names) if n != "approved_on"])
    for found in both([["一、甲村"], *short, [], ["二、乙村"], *block(3, 4)]):
        assert read(found) == expected((3, 1), (4, 2), (8, 3), (9, 4))


def test_rows_above_the_only_known_header_refuse_the_file_if_they_hold_people() -> None:
    unknown = [[f"栏{i}" for i in range(WIDTH)], *block(1, 2)[1:]]
    for found in both([*unknown, *block(3, 6)]):
        assert "第2行起有2行像是数据" in str(found.files[0].refusal)
        assert (found.files[0].rows_unread, found.files[0].rows_refused) == (2, 4)


def test_page_headers_do_not_split_the_list() -> None:
    for found in both([*FIRST, FIRST[0], *block(3, 3)[1:], ["合计", *[None] * 7, "300"], FIRST[0], *block(4, 4)[1:]]):
        assert read(found) == expected((2, 1), (3, 2), (5, 3), (8, 4))


@pytest.mark.parametrize(
    ("totals", "printed"),
    [
        (("3", "0.5", None), "passed"),
        (("3", "0.5", "5003"), "passed"),
        (("5003", "0.5", None), "passed"),
        (("3", "0.6", None), "failed"),
        (("4", "0.5", None), "failed"),
        (("3", "0.5", "5004"), "failed"),
    ],
)
def test_units_and_printed_totals_belong_to_each_table(totals: tuple[str, str, str | None], printed: str) -> None:
    first, second, whole = totals
    rows = [*income("1", "2", total=first), [], *income("0.2", "0.3", unit="(万元)", total=second)]
    rows += [["全区总计", str(float(whole) / 10_000)]] if whole else []
    found = conform(INCOME, csv_file([[*r, *[""] * (6 - len(r))] for r in rows]))
    assert found.files[0].printed_totals == printed
    assert found.rows["wage_income"].cast(int).to_list() == [1, 2, 2000, 3000]


@pytest.mark.parametrize("rows", [2, 3])
def test_a_header_of_several_rows_begins_a_table_too(rows: int) -> None:
    """The columns are in another order, and the names are only whole with their group heads."""
    names = [c.name for c in INCOME.columns][::-1]
    labels = [INCOME[n].label for n in names]
    upper = ["近12个月" if t.startswith("近12个月") else t for t in labels]
    head = [
        upper,
        *[[None] * 6] * (rows - 2),
        [t.removeprefix("近12个月") if t != INCOME.columns[0].label else None for t in labels],
    ]
    people = [row(INCOME, n, wage_income=str(n)) for n in (8, 9)]
    merges = [(2 + 0, 5, 2 + rows - 1, 5), (2, 0, 2 + rows - 2, 4)]
    cells = [*income("1"), *head, *[[p[n] for n in names] for p in people]]
    found = conform(INCOME, xlsx_file({"表": cells}, {"表": merges}))
    assert found.files[0].refusal is None
    assert found.rows["wage_income"].cast(int).to_list() == [1, 8, 9]
    assert found.rows["row_number"].to_list() == [2, 3 + rows, 4 + rows]


def test_totals_of_tables_with_equal_headers_belong_to_each() -> None:
    rows = [*income("1", "2", total="3"), ["乙村", *[""] * 5], *income("4", unit="", total="4")]
    rows[-2][0] = "W00009"
    found = conform(INCOME, csv_file([[*r, *[""] * (6 - len(r))] for r in rows]))
    assert (found.files[0].printed_totals, found.files[0].totals_checked) == ("passed", 2)
    assert found.rows["wage_income"].cast(int).to_list() == [1, 2, 4]


def test_a_table_below_that_lacks_a_column_refuses_the_file_with_its_row() -> None:
    lacking = block(3, 4, lambda names: [n for n in names if n != "monthly_amount"])
    for found in both([*FIRST, [], *lacking]):
        refusal = str(found.files[0].refusal)
        assert "第5行的表头" in refusal
        assert "缺少必填列“月保障金" in refusal
        assert found.files[0].rows_refused == 4


@pytest.mark.parametrize("gap", [[], [[]], [[], ["附:特困人员"], []]])
def test_another_table_below_refuses_the_file_and_is_named(gap: Rows) -> None:
    other = table(SUPPORT, people(50, 52, SUPPORT))
    for found in both([*FIRST, *gap, *other]):
        assert f"这是另一张表“{SUPPORT.label}”" in str(found.files[0].refusal) or "缺少必填列" in str(
            found.files[0].refusal
        )
        assert found.files[0].rows_refused + found.files[0].rows_unread == 5


def test_another_table_without_ids_below_refuses_the_file() -> None:
    for found in both([*FIRST, [], *table(ROADS, [row(ROADS, n) for n in (1, 2)])]):
        assert f"这是另一张表“{ROADS.label}”" in str(found.files[0].refusal)
        assert (found.files[0].rows_refused, found.files[0].rows_unread) == (2, 2)


def test_an_unknown_header_below_refuses_the_file() -> None:
    labels = [
        "所在乡",
        "所在庄",
        "家长",
        "家长证号",
        "对象",
        "对象证号",
        "关系类",
        "类型",
        "每月钱数",
        "何时批准",
        "变化",
    ]
    for found in both([*FIRST, labels, *block(3, 5)[1:]]):
        assert "第5行起有3行像是数据" in str(found.files[0].refusal)
        assert (found.files[0].rows_refused, found.files[0].rows_unread) == (2, 3)


PARTY = CONTRACTS.dataset("party_membership")


@pytest.mark.parametrize(
    ("dataset", "cells"),
    [
        (CLEANING, {}),
        (CLEANING, {"village_name": "大连村委会"}),
        (INCOME, {"household_code": "GF002"}),
        (CONTRACTS.dataset("collective_income"), {}),
        (PARTY, {}),
        (ROADS, {"is_paved": "否"}),
        (SUBSISTENCE, {}),
    ],
)
def test_a_row_of_words_is_one_bad_row_and_no_header(dataset: Dataset, cells: dict[str, str]) -> None:
    """All its ids, dates and numbers are different words."""
    rows = [row(dataset, n) for n in (1, 2, 3, 4)]
    words = iter(["外出务工", "未收取", "无法核实", "待核定", "未拨付", "未开展", "不详"])
    words_of = {c.name: next(words) for c in dataset.columns if c.kind in NUMERIC_KINDS}
    town = {"town_name": rows[0]["town_name"]} if "town_name" in rows[0] else {}
    bad = row(dataset, 9) | town | words_of | cells
    found = conform(dataset, xlsx_file({"表": table(dataset, [*rows[:2], bad, *rows[2:]])}))
    assert (found.files[0].refusal, found.files[0].rows_unread) == (None, 0)
    assert found.rows.filter(found.rows["row_state"] == "quarantined")["row_number"].to_list() == [4]
    assert found.rows["row_number"].to_list() == [2, 3, 4, 5, 6]


def test_a_summary_below_loses_nobody() -> None:
    summary = [["镇(街道)", "村(社区)", "户数", "人数"], ["源潭镇", "某村", "20", "30"]]
    found = conform(SUBSISTENCE, xlsx_file({"表": [*FIRST, [], ["汇总"], *summary]}))
    assert found.files[0].refusal is None
    assert (found.rows["row_state"].to_list(), found.files[0].rows_unread) == (["accepted"] * 2, 0)
    assert "第1个工作表第5行起是另一张表" in found.files[0].warnings[0]


@pytest.mark.parametrize("head", ["户主", "户主情况"])
@pytest.mark.parametrize("gap", [[], [[]], [["二、乙村"]]])
def test_a_header_of_two_rows_with_the_names_before_is_no_bad_row(head: str, gap: Rows) -> None:
    names = FIRST[0]
    upper = [head if i == 2 else "成员" if i == 4 else None if i in (3, 5) else n for i, n in enumerate(names)]
    lower = [n if i in (2, 3, 4, 5) else None for i, n in enumerate(names)]
    for found in both([*FIRST, *gap, upper, lower, *block(3, 4)[1:]]):
        assert [r[1:] for r in read(found)] == [r[1:] for r in expected(*((0, n) for n in (1, 2, 3, 4)))]


def _lacking(places: list[int], first: int = 3, last: int = 4) -> Rows:
    """Rows below the header of the first table, in which some names are empty."""
    head, *rows = block(first, last)
    return [[None if i in places else text for i, text in enumerate(head)], *rows]


@pytest.mark.parametrize("gap", [[], [[]], [["二、文洞村低保对象名单"]]])
@pytest.mark.parametrize("places", [[0], [5], [8], [10], [3, 5], [0, 1, 2]])
def test_a_header_that_lacks_a_name_is_no_repeated_one(places: list[int], gap: Rows) -> None:
    labels = [[c.label for c in SUBSISTENCE.columns][i] for i in places]
    for found in both([*FIRST, *gap, *_lacking(places)]):
        (file,) = found.files
        assert f"第{4 + len(gap)}行" in str(file.refusal)
        assert all(f"缺少必填列“{label}”" in str(file.refusal) for label in labels)
        assert (file.rows_refused, file.rows_unread) == (4, 0)


def test_cells_below_an_empty_name_of_an_optional_column_are_told() -> None:
    place = [c.name for c in SUBSISTENCE.columns].index("approved_on")
    for found in both([*FIRST, *_lacking([place])]):
        assert read(found) == expected((2, 1), (3, 2), (5, 3), (6, 4))
        assert found.rows["approved_on"].is_null().to_list() == [False, False, True, True]
        assert "有2个单元格没有列名(从J5起)" in found.files[0].warnings[0]


def test_a_repeated_header_may_have_other_marks_or_few_names() -> None:
    few = [*FIRST[0][:2], *[None] * (WIDTH - 2)]
    for head in (FIRST[0], few, [f" {t}" for t in FIRST[0]], [*FIRST[0], "备注"], [f"{t}\n" for t in FIRST[0]]):
        for found in both([*FIRST, head, *block(3, 4)[1:]]):
            assert read(found) == expected((2, 1), (3, 2), (5, 3), (6, 4))
