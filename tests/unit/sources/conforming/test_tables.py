"""Several tables on one sheet, lists that go on without a header, and rows that belong to no table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sources.conforming.delivery import ConformedDelivery
from sources.contracts.model import Dataset
from sources.reading.blocks import NUMERIC_KINDS
from tests.unit.sources.builder import CONTRACTS, conform, csv_file, row, table, xls_file, xlsx_file

INCOME = CONTRACTS.dataset("household_income")
SUBSISTENCE = CONTRACTS.dataset("subsistence_allowance")
SUPPORT = CONTRACTS.dataset("extreme_poverty_support")
DEATHS = CONTRACTS.dataset("deaths")
ROADS = CONTRACTS.dataset("rural_roads")
Rows = list[list[Any]]
WIDTH = len(SUBSISTENCE.columns)
KEYS = ("head_resident_id", "resident_id")


def _people(first: int, last: int, dataset: Dataset = SUBSISTENCE, **cells: Any) -> list[dict[str, Any]]:
    """Rows whose head is another person than the row's."""
    rows = []
    for n in range(first, last + 1):
        head = {"head_resident_id": row(SUBSISTENCE, 500 + n)["head_resident_id"]} if dataset is SUBSISTENCE else {}
        rows.append(row(dataset, n, **head, **cells))
    return rows


def _block(first: int, last: int, order: Callable[[list[str]], list[str]] = list, **labels: str) -> Rows:
    """A header and rows, with the columns in another order and under other names."""
    names = order([c.name for c in SUBSISTENCE.columns])
    rows = _people(first, last)
    return [[labels.get(n, SUBSISTENCE[n].label) for n in names], *[[r[n] for n in names] for r in rows]]


def _swapped(names: list[str]) -> list[str]:
    """Person and head change places."""
    pairs = {"head_name": "person_name", "head_resident_id": "resident_id"}
    pairs |= {b: a for a, b in pairs.items()}
    return [pairs.get(n, n) for n in names]


def _read(found: ConformedDelivery) -> list[tuple[Any, ...]]:
    assert found.files[0].refusal is None, found.files[0].refusal
    assert set(found.rows["row_state"]) == {"accepted"}
    return found.rows.select("row_number", *KEYS).rows()


def _expected(*rows: tuple[int, int]) -> list[tuple[Any, ...]]:
    """Row numbers with the ids of the person of each."""
    return [(number, *(_people(n, n)[0][k] for k in KEYS)) for number, n in rows]


def _both(rows: Rows) -> list[ConformedDelivery]:
    padded = [[*r, *[""] * (max(map(len, rows)) - len(r))] for r in rows]
    texts = [["" if c is None else c for c in r] for r in padded]
    return [conform(SUBSISTENCE, csv_file(texts)), conform(SUBSISTENCE, xlsx_file({"表": rows}))]


SYNONYMS = {
    "person_name": "名字",
    "resident_id": "公民身份号码",
    "head_resident_id": "*户主身份证号码(必填)",
    "town_name": "镇街",
}
FIRST = _block(1, 2)


@pytest.mark.parametrize(
    ("second", "above"),
    [
        (_block(3, 4), 0),
        (_block(3, 4, _swapped), 0),
        (_block(3, 4, lambda names: names[::-1]), 0),
        (_block(3, 4, lambda names: names[3:] + names[:3]), 0),
        (_block(3, 4, _swapped, **SYNONYMS), 0),
        (_block(3, 4, **SYNONYMS), 0),
        (_block(3, 4, lambda names: [n for n in _swapped(names) if n != "approved_on"]), 0),
        ([["二、文洞村低保对象名单"], *_block(3, 4, _swapped)], 1),
        ([[], [], ["文洞村"], ["填报单位:某镇", None, "2021年6月"], *_block(3, 4, _swapped)], 4),
        ([[], [None, *FIRST[0]], *[[None, *r] for r in _block(3, 4)[1:]]], 1),
        ([[*[None] * WIDTH, *r] for r in _block(3, 4, _swapped)], 0),
        ([[f"*{t}" for t in FIRST[0]], *_block(3, 4)[1:]], 0),
        ([[f"{t}(必填)★" for t in _block(3, 4, _swapped)[0]], *_block(3, 4, _swapped)[1:]], 0),
    ],
)
def test_each_table_below_another_is_read_by_its_own_header(second: Rows, above: int) -> None:
    for found in _both([*FIRST, *second]):
        assert _read(found) == _expected((2, 1), (3, 2), (5 + above, 3), (6 + above, 4))
        assert found.files[0].rows_unread == 0


def test_many_tables_of_one_sheet_are_read_in_turn() -> None:
    rows = [line for n in range(1, 31) for line in ([f"{n}、某村"], *_block(n, n, _swapped if n % 2 else list))]
    for found in _both(rows):
        assert _read(found) == _expected(*((3 * n, n) for n in range(1, 31)))


def test_a_table_of_fewer_columns_above_a_fuller_one_is_not_taken_for_its_title() -> None:
    short = _block(1, 2, lambda names: [n for n in _swapped(names) if n != "approved_on"])
    for found in _both([["一、甲村"], *short, [], ["二、乙村"], *_block(3, 4)]):
        assert _read(found) == _expected((3, 1), (4, 2), (8, 3), (9, 4))


def test_rows_above_the_only_known_header_refuse_the_file_if_they_hold_people() -> None:
    unknown = [[f"栏{i}" for i in range(WIDTH)], *_block(1, 2)[1:]]
    for found in _both([*unknown, *_block(3, 6)]):
        assert "第2行起有2行像是数据" in str(found.files[0].refusal)
        assert (found.files[0].rows_unread, found.files[0].rows_refused) == (2, 4)


def test_page_headers_do_not_split_the_list() -> None:
    for found in _both(
        [*FIRST, FIRST[0], *_block(3, 3)[1:], ["合计", *[None] * 7, "300"], FIRST[0], *_block(4, 4)[1:]]
    ):
        assert _read(found) == _expected((2, 1), (3, 2), (5, 3), (8, 4))


def _income(*amounts: str, unit: str = "", total: str = "") -> Rows:
    first = 1000 if unit else 1
    rows = [row(INCOME, first + i, wage_income=a, business_income="0") for i, a in enumerate(amounts)]
    cells = table(INCOME, rows)
    cells[0][1] += unit
    return [*cells, *([["合计", total]] if total else [])]


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
    rows = [*_income("1", "2", total=first), [], *_income("0.2", "0.3", unit="(万元)", total=second)]
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
    cells = [*_income("1"), *head, *[[p[n] for n in names] for p in people]]
    found = conform(INCOME, xlsx_file({"表": cells}, {"表": merges}))
    assert found.files[0].refusal is None
    assert found.rows["wage_income"].cast(int).to_list() == [1, 8, 9]
    assert found.rows["row_number"].to_list() == [2, 3 + rows, 4 + rows]


def test_totals_of_tables_with_equal_headers_belong_to_each() -> None:
    rows = [*_income("1", "2", total="3"), ["乙村", *[""] * 5], *_income("4", unit="", total="4")]
    rows[-2][0] = "W00009"
    found = conform(INCOME, csv_file([[*r, *[""] * (6 - len(r))] for r in rows]))
    assert (found.files[0].printed_totals, found.files[0].totals_checked) == ("passed", 2)
    assert found.rows["wage_income"].cast(int).to_list() == [1, 2, 4]


def test_a_table_below_that_lacks_a_column_refuses_the_file_with_its_row() -> None:
    lacking = _block(3, 4, lambda names: [n for n in names if n != "monthly_amount"])
    for found in _both([*FIRST, [], *lacking]):
        refusal = str(found.files[0].refusal)
        assert "第5行的表头" in refusal
        assert "缺少必填列“月保障金" in refusal
        assert found.files[0].rows_refused == 4


@pytest.mark.parametrize("gap", [[], [[]], [[], ["附:特困人员"], []]])
def test_another_table_below_refuses_the_file_and_is_named(gap: Rows) -> None:
    other = table(SUPPORT, _people(50, 52, SUPPORT))
    for found in _both([*FIRST, *gap, *other]):
        assert f"这是另一张表“{SUPPORT.label}”" in str(found.files[0].refusal) or "缺少必填列" in str(
            found.files[0].refusal
        )
        assert found.files[0].rows_refused + found.files[0].rows_unread == 5


def test_another_table_without_ids_below_refuses_the_file() -> None:
    for found in _both([*FIRST, [], *table(ROADS, [row(ROADS, n) for n in (1, 2)])]):
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
    for found in _both([*FIRST, labels, *_block(3, 5)[1:]]):
        assert "第5行起有3行像是数据" in str(found.files[0].refusal)
        assert (found.files[0].rows_refused, found.files[0].rows_unread) == (2, 3)


CLEANING = CONTRACTS.dataset("cleaning_fund")
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


@pytest.mark.parametrize("gap", [0, 1, 3])
@pytest.mark.parametrize("below", [0, 2])
def test_tables_side_by_side_refuse_the_file_and_are_counted(gap: int, below: int) -> None:
    right = [[]] * below + _block(3, 5)
    left = [*FIRST, *[[]] * (len(right) - len(FIRST))]
    rows = [[*(a or [None] * WIDTH), *[None] * gap, *b] for a, b in zip(left, right, strict=True)]
    for found in _both(rows):
        (file,) = found.files
        assert "并排的另一张表的表头" in str(file.refusal) or "在表的旁边" in str(file.refusal)
        assert "有3行像是数据" in str(file.refusal)
        assert file.rows_refused + file.rows_unread >= 5


def test_a_copy_beside_the_list_loses_nobody() -> None:
    found = conform(SUBSISTENCE, xlsx_file({"表": [[*r, None, *r] for r in FIRST]}))
    assert found.files[0].refusal is None
    assert found.rows.height == 2


def test_small_lists_side_by_side_are_refused() -> None:
    left, right = table(DEATHS, _people(1, 3, DEATHS)), table(DEATHS, _people(4, 6, DEATHS))
    for write in (csv_file, lambda r: xlsx_file({"表": r})):
        found = conform(DEATHS, write([[*a, *b] for a, b in zip(left, right, strict=True)]))
        assert "F1是并排的另一张表的表头" in str(found.files[0].refusal)
        assert (found.files[0].rows_refused, found.files[0].rows_unread) == (3, 3)


def test_another_dataset_beside_the_list_is_refused() -> None:
    right = table(SUPPORT, _people(50, 51, SUPPORT))
    found = conform(SUBSISTENCE, xlsx_file({"表": [[*a, None, *b] for a, b in zip(FIRST, right, strict=True)]}))
    assert "有2行像是数据" in str(found.files[0].refusal)


def test_a_list_without_a_header_beside_the_table_is_refused() -> None:
    right = [[], *_block(3, 4)[1:]]
    found = conform(SUBSISTENCE, xlsx_file({"表": [[*a, *b] for a, b in zip(FIRST, right, strict=True)]}))
    assert "在表的旁边" in str(found.files[0].refusal)


def test_a_name_in_a_cell_merged_down_to_the_header_is_a_column_name() -> None:
    heads = [["名册"], ["序号", *[None] * len(FIRST[0]), "备注"], [None, *FIRST[0]]]
    rows = [[n, *cells, "已核实"] for n, cells in enumerate(FIRST[1:], 1)]
    last = len(FIRST[0]) + 1
    content = xlsx_file({"表": [*heads, *rows]}, {"表": [(1, 0, 2, 0), (1, last, 2, last)]})
    assert conform(SUBSISTENCE, content).files[0].warnings == []


def test_cells_without_a_column_name_are_told_with_the_first_cell() -> None:
    rows = [[*FIRST[0]], [*FIRST[1]], [*FIRST[2], None, "已核实"]]
    found = conform(SUBSISTENCE, xlsx_file({"表": rows}))
    assert found.files[0].refusal is None
    assert "第1个工作表有1个单元格没有列名(从M3起)" in found.files[0].warnings[0]


def test_the_number_of_a_guardian_beside_is_an_extra_column() -> None:
    rows = [
        [*FIRST[0], "监护人身份证号"],
        *[[*r, row(SUBSISTENCE, 900 + i)["resident_id"]] for i, r in enumerate(FIRST[1:])],
    ]
    found = conform(SUBSISTENCE, xlsx_file({"表": rows}))
    assert found.files[0].refusal is None


BODY = _block(3, 5)[1:]


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
    assert [r[1:] for r in _read(found)] == [r[1:] for r in _expected(*((0, n) for n in range(1, 6)))]
    numbers = found.rows.filter(found.rows["sheet_no"] > 2)["row_number"].to_list()
    assert numbers[0] == rows[0][1]
    assert len(found.files[0].warnings) == len(rows)
    assert "没有表头" in found.files[0].warnings[0]


def test_the_total_at_the_end_of_a_list_over_two_sheets_is_that_of_both() -> None:
    one, two = _income("1", "2"), [*_income("3", "4")[1:], ["合计", "10"]]
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


def test_rows_before_the_sheet_with_the_header_refuse_the_file() -> None:
    (file,) = conform(SUBSISTENCE, xlsx_file({"一": BODY, "二": FIRST})).files
    assert "第1个工作表第1行起有3行像是数据" in str(file.refusal)
    assert file.rows_unread == 3


def test_a_sheet_of_another_table_refuses_the_file_with_its_name() -> None:
    for other in (table(SUPPORT, _people(50, 52, SUPPORT)), table(ROADS, [row(ROADS, n) for n in (1, 2, 3)])):
        (file,) = conform(INCOME, xlsx_file({"一": _income("1"), "二": other})).files
        assert "这是另一张表" in str(file.refusal)
        assert (file.rows_refused, file.rows_unread) == (1, 3)


def test_a_list_of_amounts_that_does_not_fit_is_refused_too() -> None:
    other = [[f"W0000{n}", "是", *r[1:]] for n, r in enumerate(_income("3", "4")[1:], 8)]
    (file,) = conform(INCOME, xlsx_file({"一": _income("1"), "二": other})).files
    assert "第2个工作表第1行起有2行像是数据" in str(file.refusal)


def test_rows_of_a_file_without_a_header_count() -> None:
    for content in (csv_file(BODY), xlsx_file({"一": BODY})):
        (file,) = conform(SUBSISTENCE, content).files
        assert "没有找到" in str(file.refusal)
        assert file.rows_unread == 3


def test_sheets_that_are_no_lists_do_not_count() -> None:
    others: dict[str, Rows] = {
        "填表说明": [["序号", "列名", "说明"], ["1", "身份证号", "18位,例如441802199001010000"], ["2", "姓名", "必填"]],
        "代码": [["A类", "一类"], ["B类", "二类"]],
        "汇总": [["镇", "户数", "人数", "金额"], ["源潭镇", 20, 30, 4000], ["合计", 20, 30, 4000]],
        "本月新增": [["名字", "证号", "金额"], *[[r["person_name"], r["resident_id"], "1"] for r in _people(1, 2)]],
        "空": [],
    }
    found = conform(SUBSISTENCE, xlsx_file({"一": FIRST, **others}))
    assert found.files[0].refusal is None
    assert (found.rows.height, found.files[0].rows_unread, found.files[0].warnings) == (2, 0, [])


@pytest.mark.parametrize("write", [xlsx_file, xls_file])
def test_people_on_a_hidden_sheet_count_without_refusing_the_file(write: Any) -> None:
    (file,) = conform(SUBSISTENCE, write({"一": FIRST, "二": _block(2, 5)}, hidden=["二"])).files
    assert file.refusal is None
    assert file.rows_unread == 3
    assert "第2个工作表第3行起有3行像是数据,没有读取:工作表是隐藏的" in file.warnings[0]


@pytest.mark.parametrize("hidden", [FIRST, FIRST[:2], [["名单"], *FIRST[1:]], [["A类", "B类"], ["户主", "配偶"]], []])
def test_a_hidden_copy_or_list_of_choices_does_not_count(hidden: Rows) -> None:
    (file,) = conform(SUBSISTENCE, xlsx_file({"一": FIRST, "二": hidden}, hidden=["二"])).files
    assert (file.refusal, file.rows_unread, file.warnings) == (None, 0, [])


def test_households_on_a_hidden_sheet_count_by_their_key() -> None:
    hidden = [*_income("1", "2"), *_income("3", unit="(万元)")[1:]]
    (file,) = conform(INCOME, xlsx_file({"一": _income("1", "2"), "二": hidden}, hidden=["二"])).files
    assert (file.refusal, file.rows_unread) == (None, 1)


def test_the_fields_of_a_title_beside_extra_columns_are_no_list() -> None:
    title = [*[None] * WIDTH, "镇(街道)", "村(社区)", None]
    extra = ["监护人姓名", "监护人身份证号", "监护人电话"]
    rows = [[*r, "某某", row(SUBSISTENCE, 900 + i)["resident_id"], "13800000000"] for i, r in enumerate(FIRST[1:])]
    (file,) = conform(SUBSISTENCE, xlsx_file({"表": [title, [*FIRST[0], *extra], *rows]})).files
    assert (file.refusal, file.rows_unread) == (None, 0)


def test_a_list_beside_whose_header_is_higher_is_refused() -> None:
    right = _block(3, 6)
    left = [[None] * WIDTH, [None] * WIDTH, *FIRST]
    rows = [[*a, *b] for a, b in zip(left, right, strict=True)]
    for found in _both(rows):
        assert found.files[0].refusal is not None
        assert found.files[0].rows_unread > 0


def test_a_summary_of_as_many_columns_is_no_continuation() -> None:
    summary = [
        ["镇", "2021年户数", "2021年人数", "收入1", "收入2", "收入3"],
        *[[f"某镇{i}", *"12345"] for i in range(9)],
    ]
    (file,) = conform(INCOME, xlsx_file({"一": _income("1", "2"), "二": summary})).files
    assert (file.refusal, file.rows_unread, file.warnings) == (None, 0, [])


SHORT = ["户号", "工资收入", "经营收入", "财产收入", "转移收入", "经营支出"]


def _households(*numbers: int, key: str = "18020000{:02d}") -> Rows:
    """Rows of the income table without its header."""
    return [list(row(INCOME, n, household_code=key.format(n)).values()) for n in numbers]


HEADED = table(INCOME, [])[0]


@pytest.mark.parametrize("key", ["18020000{:02d}", "GF00{}", "1802-01-00{}", "清城区-{}号〔2021〕"])
@pytest.mark.parametrize("write", [xlsx_file, xls_file])
@pytest.mark.parametrize(
    ("sheets", "unread"),
    [
        (lambda k: {"一": [HEADED, *k(1, 2)], "二": [SHORT, *k(3, 4)]}, 2),
        (lambda k: {"二": [SHORT, *k(3, 4)], "一": [HEADED, *k(1, 2)]}, 2),
        (lambda k: {"一": [HEADED, *k(1, 2)], "二": [["编号", "姓名", "工资"], *[r[:3] for r in k(3, 4)]]}, 2),
        (lambda k: {"一": [HEADED, *k(1, 2), [], ["第二组"], SHORT, *k(3, 4)]}, 2),
        (lambda k: {"一": [HEADED, *k(1, 2), [], ["序号", *SHORT], *[[1, *r] for r in k(3, 4)]]}, 2),
        (lambda k: {"一": [*k(3, 4), HEADED, *k(1, 2)]}, 2),
        (lambda k: {"一": [SHORT, *k(3, 4), HEADED, *k(1, 2)]}, 2),
        (lambda k: {"一": [HEADED, *[[*a, None, *b] for a, b in zip(k(1, 2), k(3, 4), strict=True)]]}, 2),
        (lambda k: {"一": [HEADED, *[[*a, *b] for a, b in zip(k(1, 2), k(3, 4), strict=True)]]}, 2),
        (
            lambda k: {
                "一": [
                    [*HEADED, None, *[f"{t}数" for t in SHORT]],
                    *[[*a, None, *b] for a, b in zip(k(1, 2), k(3, 4), strict=True)],
                ]
            },
            2,
        ),
        (
            lambda k: {
                "一": [
                    ["家庭", "钱", None, *HEADED],
                    *[[*b[:2], None, *a] for a, b in zip(k(1, 2), k(3, 4), strict=True)],
                ]
            },
            2,
        ),
        (lambda k: {"一": [HEADED, *k(1, 2)], "二": [SHORT, *k(1, 2, 3)]}, 1),
    ],
)
def test_households_outside_a_table_refuse_the_file_and_are_counted(
    sheets: Any, unread: int, write: Any, key: str
) -> None:
    (file,) = conform(INCOME, write(sheets(lambda *n: _households(*n, key=key)))).files
    assert f"有{unread}行像是数据" in str(file.refusal)
    assert (file.rows_unread, file.rows_refused) == (unread, 2)


@pytest.mark.parametrize(
    "other",
    [
        [["1", "户编号", "系统中的编号"], ["2", "收入", "近12个月"]],
        [["1", "是", "1"], ["2", "否", "0"]],
        [["1月", "100", "200", "300", "400", "500"], ["2月", "100", "200", "300", "400", "500"]],
        [[1, 100, 200, 300, 400, 500], [2, 100, 200, 300, 400, 500]],
        [["源潭镇", "100", "200", "300", "400", "500"], ["石角镇", "100", "200", "300", "400", "500"]],
        [["行标签", "求和项:工资", "计数"], ["1802", "3000", "3"], ["总计", "3000", "3"]],
        [["2020年", *SHORT[1:]], *_households(1, 2)],
        [HEADED],
        [["户编号", "月工资", "月数"], ["1802000001", "100", "12"]],
        [["镇", "联系人", "电话"], ["源潭镇", "张三", "13800138000"], ["石角镇", "李四", "13800138001"]],
        [["统计日期", "2021-06-30", "制表"], ["共", "1234567", "元"]],
    ],
)
def test_other_sheets_of_a_list_of_households_lose_nobody(other: Rows) -> None:
    for sheets in (
        {"一": [HEADED, *_households(1, 2)], "二": other},
        {"二": other, "一": [HEADED, *_households(1, 2)]},
    ):
        found = conform(INCOME, xlsx_file(sheets))
        assert (found.files[0].refusal, found.files[0].rows_unread) == (None, 0)
        assert found.rows["household_code"].to_list() == ["1802000001", "1802000002"]


def test_short_codes_do_not_make_amounts_households() -> None:
    """Of such a table, rows of numbers on a sheet without a header count, as before."""
    rows = _households(1, 2, key="100{}")
    summary = [["镇", "户数", "工资"], ["源潭镇", "1234", "5678"]]
    found = conform(INCOME, xlsx_file({"一": [HEADED, *rows, [], ["户数", "1005", "金额", "1234"]], "二": summary}))
    assert (found.files[0].refusal, found.files[0].rows_unread) == (None, 0)


def test_households_on_a_hidden_sheet_without_a_header_count() -> None:
    content = xlsx_file({"一": [HEADED, *_households(1, 2)], "二": _households(2, 3)}, hidden=["二"])
    (file,) = conform(INCOME, content).files
    assert (file.refusal, file.rows_unread) == (None, 1)


PAYMENTS = CONTRACTS.dataset("industry_support_payments")


def _payments(*numbers: int, no: str = "F2021-{}") -> Rows:
    return [
        list(row(PAYMENTS, n, payment_no=no.format(n), household_code=f"18020000{n:02d}").values()) for n in numbers
    ]


@pytest.mark.parametrize("no", ["F{}", "F2021-{}", "清农〔2021〕{}号", "20210600{:02d}00"])
def test_a_sheet_goes_on_if_its_codes_look_like_those_before(no: str) -> None:
    rows = {"一": [table(PAYMENTS, [])[0], *_payments(1, 2, no=no)], "二": _payments(3, 11, 12, no=no)}
    found = conform(PAYMENTS, xlsx_file(rows))
    assert found.files[0].refusal is None
    assert found.rows["row_number"].to_list() == [2, 3, 1, 2, 3]


@pytest.mark.parametrize("no", ["F{}", "F2021-{}", "清农〔2021〕{}号", "20210600{:02d}00"])
def test_a_sheet_with_two_codes_in_each_others_place_refuses_the_file(no: str) -> None:
    swapped = [[r[1], r[0], *r[2:]] for r in _payments(3, 4, no=no)]
    found = conform(PAYMENTS, xlsx_file({"一": [table(PAYMENTS, [])[0], *_payments(1, 2, no=no)], "二": swapped}))
    assert found.rows.is_empty() or "1802000003" not in found.rows["payment_no"].to_list()
    if len(no) > 4:
        assert "第2个工作表第1行起有2行像是数据" in str(found.files[0].refusal)


@pytest.mark.parametrize("third", [_block(5, 6)[1:], _block(5, 6, _swapped)[1:]])
@pytest.mark.parametrize("apart", [True, False])
def test_no_sheet_goes_on_after_tables_of_different_orders(third: Rows, apart: bool) -> None:
    """Head and person would change places without an error."""
    second = _block(3, 4, _swapped)
    before = {"一": FIRST, "二": second} if apart else {"一": [*FIRST, [], *second]}
    (file,) = conform(SUBSISTENCE, xlsx_file({**before, "三": third})).files
    assert "第1行起有2行像是数据" in str(file.refusal)
    assert (file.rows_refused, file.rows_unread) == (4, 2)


def test_a_sheet_goes_on_after_tables_of_which_one_lacks_a_column() -> None:
    lacking = _block(1, 2, lambda names: [n for n in names if n != "approved_on"])
    found = conform(SUBSISTENCE, xlsx_file({"一": lacking, "二": _block(3, 4), "三": _block(5, 6)[1:]}))
    assert [r[0] for r in _read(found)] == [2, 3, 2, 3, 1, 2]


SOMEBODY = row(SUBSISTENCE, 90)["resident_id"]
LAST = _block(7, 7)[1]
INSTRUCTIONS = [["字段", "说明", "示例"], ["姓名", "必填", "张三"], ["身份证号", "18位,必填", SOMEBODY]]


@pytest.mark.parametrize(
    "sheets",
    [
        {"一": FIRST, "填表说明": INSTRUCTIONS},
        {"填表说明": INSTRUCTIONS, "一": FIRST},
        {"一": FIRST, "经办人": [["姓名", "身份证号", "电话"], ["王五", SOMEBODY, "13800138000"]]},
        {"一": FIRST, "经办人": [["王五", SOMEBODY]]},
        {"一": [["填报人", "王五", "身份证号", SOMEBODY], *FIRST]},
        {"一": [["某县低保对象名单"], ["填报人", "王五", SOMEBODY], *FIRST]},
        {"一": FIRST, "二": [["填报单位", "某镇", "2021年6月"], ["经办人", "王五", "身份证号", SOMEBODY]]},
    ],
)
def test_a_lone_id_in_another_kind_of_row_is_a_warning(sheets: dict[str, Rows]) -> None:
    found = conform(SUBSISTENCE, xlsx_file(sheets))
    assert (found.files[0].refusal, found.files[0].rows_unread) == (None, 1)
    assert found.rows.height == 2
    assert "有1行像是数据,没有读取" in found.files[0].warnings[0]
    assert SOMEBODY not in found.files[0].warnings[0]


@pytest.mark.parametrize(
    "sheets",
    [
        {"一": FIRST, "二": [[f"栏{c}" for c in "甲乙丙丁戊己庚辛壬癸子"], LAST]},
        {"一": FIRST, "二": [["某县低保对象名单"], [1, *LAST[1:]]]},
        {"二": [LAST], "一": FIRST},
        {"一": [LAST, *FIRST]},
        {"一": FIRST, "二": [["名字", "证号", "电话"], *[[r[4], r[5], "1"] for r in _block(7, 8)[1:]]]},
        {"一": FIRST, "二": [["名字", "证号"], *[["王五", r[5]] for r in _block(7, 8)[1:]]]},
    ],
)
def test_people_on_a_page_like_the_list_refuse_the_file(sheets: dict[str, Rows]) -> None:
    (file,) = conform(SUBSISTENCE, xlsx_file(sheets)).files
    assert "像是数据" in str(file.refusal)
    assert file.rows_refused == 2


ILLNESS = CONTRACTS.dataset("serious_illness")


@pytest.mark.parametrize("head", [[], [["姓名", "证件号码"]], [["名单"], ["名字", "证号"]], [["大病人员"]]])
@pytest.mark.parametrize("first", ["甲乙", "古丽·买买提"])
def test_an_id_beside_a_name_is_a_person(head: Rows, first: str) -> None:
    people = [[first, row(ILLNESS, 7)["resident_id"]], ["王五", row(ILLNESS, 8)["resident_id"]]]
    (file,) = conform(ILLNESS, xlsx_file({"一": table(ILLNESS, [row(ILLNESS, 1)]), "二": [*head, *people]})).files
    assert "有2行像是数据" in str(file.refusal) or "缺少必填列" in str(file.refusal)
    assert file.rows_unread + file.rows_refused == 3


OTHERS = [row(SUBSISTENCE, 900 + n)["resident_id"] for n in range(2)]


def _aside(head: list[str], cells: list[Any], dataset: Dataset = SUBSISTENCE, before: bool = False) -> Rows:
    """A list with columns apart from it, in which "id" becomes the id of somebody else."""
    first = FIRST if dataset is SUBSISTENCE else table(dataset, _people(1, 2, dataset))
    asides = [head, *[[other if c == "id" else c for c in cells] for other in OTHERS]]
    return [[*b, None, *a] if before else [*a, None, *b] for a, b in zip(first, asides, strict=True)]


@pytest.mark.parametrize(
    "rows",
    [
        _aside(["监护人", "监护人身份证号", "监护人电话"], ["王五", "id", "13800138000"]),
        _aside(["开户人", "开户人身份证", "账号"], ["王五", "id", "6217000000000000000"]),
        _aside(["银行账号", "开户行", "备注"], ["622848198001015678", "农行", "无"]),
        _aside(["配偶姓名", "配偶身份证号"], ["王五", "id"]),
        _aside(["核对人", "核对人证号", "结果"], ["王五", "id", "相符"]),
        _aside(["代领人", "代领人身份证号", "代领人电话"], ["王五", "id", "13800138000"], DEATHS),
        _aside(["监护人", "监护人身份证号", "监护人电话"], ["王五", "id", "13800138000"], before=True),
    ],
)
def test_named_columns_apart_in_the_rows_of_the_list_are_extra_columns(rows: Rows) -> None:
    found = conform(SUBSISTENCE if len(rows[0]) > WIDTH else DEATHS, xlsx_file({"表": rows}))
    assert (found.files[0].refusal, found.files[0].rows_unread) == (None, 0)
    assert found.rows["row_state"].to_list() == ["accepted"] * 2
    assert found.files[0].unknown_headers


LONGER = _aside(["监护人", "监护人身份证号", "监护人性别"], ["王五", "id", "男"])


@pytest.mark.parametrize(
    "rows",
    [
        [*LONGER, [*[None] * WIDTH, None, "王五", row(SUBSISTENCE, 950)["resident_id"], "男"]],
        _aside(["名字", "身份证号", "性别"], ["王五", "id", "男"]),
        _aside([f"栏{c}" for c in "甲乙丙丁戊己"], ["王五", "id", "男", "1", "2", "3"]),
        _aside([], ["王五", "id", "男"]),
        _aside(["对象", "对象证号", "何时"], ["王五", "id", "2021-06-01"], DEATHS),
    ],
)
def test_another_list_apart_is_no_extra_columns(rows: Rows) -> None:
    (file,) = conform(SUBSISTENCE if len(rows[1]) > WIDTH else DEATHS, xlsx_file({"表": rows})).files
    assert file.refusal is not None
    assert file.rows_refused == len(rows) - 1


VILLAGES = ["大连村委会", "竹园村村委会", "黄溪村委会", "源潭社区居委会"]


def _villages(*numbers: int) -> Rows:
    """Rows of the cleaning fund without its header."""
    return [list(row(CLEANING, 1, town_name="源潭镇", village_name=VILLAGES[n]).values()) for n in numbers]


FUND = table(CLEANING, [])[0]
OTHER_FUND = ["乡", "哪个村", *[f"钱{c}" for c in "甲乙丙丁戊"]]


@pytest.mark.parametrize(
    "sheets",
    [
        {"一": [FUND, *_villages(0, 1)], "二": [OTHER_FUND, *_villages(2, 3)]},
        {"一": [FUND, *_villages(0, 1), [], OTHER_FUND, *_villages(2, 3)]},
        {"一": [*_villages(2, 3), FUND, *_villages(0, 1)]},
        {"一": [FUND, *[[*a, None, *b] for a, b in zip(_villages(0, 1), _villages(2, 3), strict=True)]]},
        {
            "一": [[*FUND, None, *OTHER_FUND]]
            + [[*a, None, *b] for a, b in zip(_villages(0, 1), _villages(2, 3), strict=True)]
        },
    ],
)
def test_villages_outside_a_table_refuse_the_file_and_are_counted(sheets: dict[str, Rows]) -> None:
    (file,) = conform(CLEANING, xlsx_file(sheets)).files
    assert "有2行像是数据" in str(file.refusal)
    assert (file.rows_unread, file.rows_refused) == (2, 2)


@pytest.mark.parametrize(
    "other",
    [
        [["镇", "村", "联系人", "电话"], ["源潭镇", "黄溪村委会", "张三", "13800138000"]],
        [["序号", "村", "联系人", "电话"], ["1", "黄溪村委会", "张三", "13800138000"]],
        [["镇", "户数", "人数"], ["源潭镇", "12", "30"], ["合计", "12", "30"]],
        [["村", "户数", "人数"], ["大连村", "12", "30"], ["竹园村", "3", "9"]],
        [["1", "村", "填全称"], ["2", "金额", "元"]],
    ],
)
def test_other_sheets_of_a_list_of_villages_lose_none(other: Rows) -> None:
    found = conform(CLEANING, xlsx_file({"一": [FUND, *_villages(0, 1)], "二": other}))
    assert (found.files[0].refusal, found.files[0].rows_unread, found.rows.height) == (None, 0, 2)


@pytest.mark.parametrize("dataset", [CLEANING, INCOME, SUBSISTENCE])
def test_a_number_and_a_remark_around_the_table_are_extra_columns(dataset: Dataset) -> None:
    head, *rows = table(dataset, [row(dataset, n) for n in (1, 2)])
    cells = [["序号", *head, "备注"], *[[n, *r, None] for n, r in enumerate(rows, 1)]]
    for noted in (cells, [cells[0], [*cells[1][:-1], "已核"], cells[2]]):
        found = conform(dataset, xlsx_file({"表": noted}))
        assert (found.files[0].refusal, found.files[0].rows_unread, found.rows.height) == (None, 0, 2)


def test_sums_above_the_header_are_no_rows_of_the_list() -> None:
    sums = [["产业帮扶资金发放表"], ["笔数", 5, "发放金额", 1500], ["生活补助", 5, 1500]]
    head = table(PAYMENTS, [])[0]
    found = conform(PAYMENTS, xlsx_file({"一": [*sums, head, *_payments(1, 2, no="F{}")]}))
    assert (found.files[0].refusal, found.rows.height) == (None, 2)
    lost = conform(PAYMENTS, xlsx_file({"一": [*_payments(3, no="F{}"), head, *_payments(1, 2, no="F{}")]}))
    assert lost.files[0].rows_unread == 1


def test_an_empty_sheet_is_not_worth_a_word() -> None:
    part = conform(SUBSISTENCE, xlsx_file({"表": FIRST, "Sheet2": [], "Sheet3": [["说明"]]})).files[0]
    assert part.skipped == ["第3个工作表没有可识别的表头,已跳过"]


@pytest.mark.parametrize("head", ["户主", "户主情况"])
@pytest.mark.parametrize("gap", [[], [[]], [["二、乙村"]]])
def test_a_header_of_two_rows_with_the_names_before_is_no_bad_row(head: str, gap: Rows) -> None:
    names = FIRST[0]
    upper = [head if i == 2 else "成员" if i == 4 else None if i in (3, 5) else n for i, n in enumerate(names)]
    lower = [n if i in (2, 3, 4, 5) else None for i, n in enumerate(names)]
    for found in _both([*FIRST, *gap, upper, lower, *_block(3, 4)[1:]]):
        assert [r[1:] for r in _read(found)] == [r[1:] for r in _expected(*((0, n) for n in (1, 2, 3, 4)))]
