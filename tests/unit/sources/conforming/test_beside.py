"""Another list beside a table refuses the file; extra columns of the same rows do not."""

from __future__ import annotations

from typing import Any

import pytest

from sources.contracts.model import Dataset
from tests.unit.sources.builder import CONTRACTS, conform, csv_file, row, table, xlsx_file
from tests.unit.sources.conforming.lists import (
    CLEANING,
    FIRST,
    INCOME,
    SUBSISTENCE,
    SUPPORT,
    WIDTH,
    Rows,
    block,
    both,
    people,
)

DEATHS = CONTRACTS.dataset("deaths")


@pytest.mark.parametrize("gap", [0, 1, 3])
@pytest.mark.parametrize("below", [0, 2])
def test_tables_side_by_side_refuse_the_file_and_are_counted(gap: int, below: int) -> None:
    right = [[]] * below + block(3, 5)
    left = [*FIRST, *[[]] * (len(right) - len(FIRST))]
    rows = [[*(a or [None] * WIDTH), *[None] * gap, *b] for a, b in zip(left, right, strict=True)]
    for found in both(rows):
        (file,) = found.files
        assert "并排的另一张表的表头" in str(file.refusal) or "在表的旁边" in str(file.refusal)
        assert "有3行像是数据" in str(file.refusal)
        assert file.rows_refused + file.rows_unread >= 5


def test_a_copy_beside_the_list_loses_nobody() -> None:
    found = conform(SUBSISTENCE, xlsx_file({"表": [[*r, None, *r] for r in FIRST]}))
    assert found.files[0].refusal is None
    assert found.rows.height == 2


def test_small_lists_side_by_side_are_refused() -> None:
    left, right = table(DEATHS, people(1, 3, DEATHS)), table(DEATHS, people(4, 6, DEATHS))
    for write in (csv_file, lambda r: xlsx_file({"表": r})):
        found = conform(DEATHS, write([[*a, *b] for a, b in zip(left, right, strict=True)]))
        assert "F1是并排的另一张表的表头" in str(found.files[0].refusal)
        assert (found.files[0].rows_refused, found.files[0].rows_unread) == (3, 3)


def test_another_dataset_beside_the_list_is_refused() -> None:
    right = table(SUPPORT, people(50, 51, SUPPORT))
    found = conform(SUBSISTENCE, xlsx_file({"表": [[*a, None, *b] for a, b in zip(FIRST, right, strict=True)]}))
    assert "有2行像是数据" in str(found.files[0].refusal)


def test_a_list_without_a_header_beside_the_table_is_refused() -> None:
    right = [[], *block(3, 4)[1:]]
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


def test_the_fields_of_a_title_beside_extra_columns_are_no_list() -> None:
    title = [*[None] * WIDTH, "镇(街道)", "村(社区)", None]
    extra = ["监护人姓名", "监护人身份证号", "监护人电话"]
    rows = [[*r, "某某", row(SUBSISTENCE, 900 + i)["resident_id"], "13800000000"] for i, r in enumerate(FIRST[1:])]
    (file,) = conform(SUBSISTENCE, xlsx_file({"表": [title, [*FIRST[0], *extra], *rows]})).files
    assert (file.refusal, file.rows_unread) == (None, 0)


def test_a_list_beside_whose_header_is_higher_is_refused() -> None:
    right = block(3, 6)
    left = [[None] * WIDTH, [None] * WIDTH, *FIRST]
    rows = [[*a, *b] for a, b in zip(left, right, strict=True)]
    for found in both(rows):
        assert found.files[0].refusal is not None
        assert found.files[0].rows_unread > 0


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
    first = FIRST if dataset is SUBSISTENCE else table(dataset, people(1, 2, dataset))
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
        _aside(["帮扶责任人", "证号"], ["王五", "id"]),
        _aside(["妻子", "妻子证件"], ["王五", "id"]),
        _aside(["结对干部", "干部证号", "单位"], ["王五", "id", "某局"]),
        _aside(["网格员", "备注", "证号"], ["王五", "无", "id"]),
        _aside(["原证号"], ["id"]),
        _aside(["社保卡号", "备注"], ["id", "无"]),
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
        _aside(["对象", "对象证号", "何时"], ["王五", "id", "2021-06-01"]),
        _aside(["对象", "证号"], ["王五", "id"]),
        _aside(["谁", "号", "钱"], ["王五", "id", "181"], before=True),
        _aside(["人员", "证件", "等级", "钱"], ["王五", "id", "A类", "181"]),
        _aside(["本月新增", "证号", "帮扶责任人"], ["王五", "id", "赵六"]),
        _aside(["对象", "登记时间", "证号"], ["王五", "2021-06-01", "id"]),
    ],
)
def test_another_list_apart_is_no_extra_columns(rows: Rows) -> None:
    (file,) = conform(SUBSISTENCE if len(rows[1]) > WIDTH else DEATHS, xlsx_file({"表": rows})).files
    assert "像是数据,没有读取" in str(file.refusal)
    assert (file.rows_refused, file.rows_unread > 1) == (len(rows) - 1, True)


@pytest.mark.parametrize("dataset", [CLEANING, INCOME, SUBSISTENCE])
def test_a_number_and_a_remark_around_the_table_are_extra_columns(dataset: Dataset) -> None:
    head, *rows = table(dataset, [row(dataset, n) for n in (1, 2)])
    cells = [["序号", *head, "备注"], *[[n, *r, None] for n, r in enumerate(rows, 1)]]
    for noted in (cells, [cells[0], [*cells[1][:-1], "已核"], cells[2]]):
        found = conform(dataset, xlsx_file({"表": noted}))
        assert (found.files[0].refusal, found.files[0].rows_unread, found.rows.height) == (None, 0, 2)
