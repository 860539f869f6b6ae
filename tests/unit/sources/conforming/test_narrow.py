"""Two columns with codes on a sheet that is not read are a list; labels with an example are none."""

from __future__ import annotations

from typing import Any

import pytest

from sources.contracts.model import Dataset
from tests.unit.sources.builder import CONTRACTS, conform, row, table, xls_file, xlsx_file
from tests.unit.sources.conforming.lists import (
    FIRST,
    HEADED,
    INCOME,
    PAYMENTS,
    SUBSISTENCE,
    Rows,
    households,
    payments,
)

REGISTER = CONTRACTS.dataset("household_register")
DISABILITY = CONTRACTS.dataset("disability_subsidies")
ID, CERT = "resident_id", "disability_certificate_no"


def _listed(dataset: Dataset, *numbers: int) -> Rows:
    return table(dataset, [row(dataset, n) for n in numbers])


def _of(dataset: Dataset, names: list[str], *numbers: int) -> Rows:
    return [[row(dataset, n)[name] for name in names] for n in numbers]


@pytest.mark.parametrize("write", [xlsx_file, xls_file])
@pytest.mark.parametrize(
    ("dataset", "first", "second"),
    [
        (SUBSISTENCE, FIRST, _of(SUBSISTENCE, [ID, "monthly_amount"], 7, 8)),
        (SUBSISTENCE, FIRST, [["编号", "等级"], *_of(SUBSISTENCE, [ID, "allowance_class"], 7, 8)]),
        (SUBSISTENCE, FIRST, [["甲", "乙"], *[[n[0], "2021-06-01"] for n in _of(SUBSISTENCE, [ID], 7, 8)]]),
        (DISABILITY, _listed(DISABILITY, 1, 2), _of(DISABILITY, ["person_name", CERT], 7, 8)),
        (
            DISABILITY,
            _listed(DISABILITY, 1, 2),
            [["对象", "证", "钱"], *[["王五", n[0], "181"] for n in _of(DISABILITY, [CERT], 7, 8)]],
        ),
        (REGISTER, _listed(REGISTER, 1, 2), [["户", "姓名"], *[[f"H0000{n}", "王五"] for n in (7, 8)]]),
        (REGISTER, _listed(REGISTER, 1, 2), [["户", "类", "数"], *[[f"H0000{n}", "脱贫户", "3"] for n in (7, 8)]]),
        (INCOME, [HEADED, *households(1, 2)], [["户", "钱"], *[r[:2] for r in households(7, 8)]]),
        (INCOME, [HEADED, *households(1, 2)], [["甲", "乙"], *[[r[0], "古丽·买买提"] for r in households(7, 8)]]),
        (INCOME, [HEADED, *households(1, 2, key="GF00{}")], [[r[0], "是"] for r in households(7, 8, key="GF00{}")]),
        (PAYMENTS, [table(PAYMENTS, [])[0], *payments(1, 2)], [["号", "户"], *[r[:2] for r in payments(7, 8)]]),
    ],
)  # fmt: skip
def test_two_columns_with_codes_are_a_list(dataset: Dataset, first: Rows, second: Rows, write: Any) -> None:
    for sheets in ({"一": first, "二": second}, {"二": second, "一": first}):
        (file,) = conform(dataset, write(sheets)).files
        assert "有2行像是数据,没有读取" in str(file.refusal)
        assert (file.rows_refused, file.rows_unread) == (2, 2)


def test_two_columns_on_a_hidden_sheet_count_without_refusing_the_file() -> None:
    second = [r[:2] for r in households(2, 7, 8)]
    (file,) = conform(INCOME, xlsx_file({"一": [HEADED, *households(1, 2)], "二": second}, hidden=["二"])).files
    assert (file.refusal, file.rows_unread) == (None, 2)


@pytest.mark.parametrize(
    ("dataset", "first", "second"),
    [
        (SUBSISTENCE, FIRST, [["身份证号码", row(SUBSISTENCE, 90)[ID]], ["电话", "13800138000"]]),
        (SUBSISTENCE, FIRST, [["例:", row(SUBSISTENCE, 90)[ID]], ["证件", row(SUBSISTENCE, 91)[ID]]]),
        (SUBSISTENCE, FIRST, _of(SUBSISTENCE, [ID, "monthly_amount"], 1, 2)),
        (DISABILITY, _listed(DISABILITY, 1, 2), _of(DISABILITY, ["person_name", CERT], 1, 2)),
        (REGISTER, _listed(REGISTER, 1, 2), [["户", "人数"], ["H00001", "3"], ["H00002", "4"]]),
        (INCOME, [HEADED, *households(1, 2)], [["4418020061", "源潭镇"], ["4418020062", "石角镇"]]),
        (INCOME, [HEADED, *households(1, 2)], [["4418020061", "高桥村"], ["4418020062", "升平社区"]]),
        (INCOME, [HEADED, *households(1, 2, key="180{:08d}")], [["张三", "13800138000"], ["李四", "13800138001"]]),
        (INCOME, [HEADED, *households(1, 2)], [["合计", "1802000003"], ["总计", "1802000004"]]),
        (INCOME, [HEADED, *households(1, 2)], [["2021-06-30", "张三"], ["2021-07-01", "李四"]]),
        (PAYMENTS, [table(PAYMENTS, [])[0], *payments(1, 2)], [["X2021-1", "道路硬化"], ["X2021-2", "饮水工程"]]),
    ],
)  # fmt: skip
def test_two_columns_of_something_else_lose_nobody(dataset: Dataset, first: Rows, second: Rows) -> None:
    for sheets in ({"一": first, "二": second}, {"二": second, "一": first}):
        found = conform(dataset, xlsx_file(sheets))
        assert (found.files[0].refusal, found.files[0].rows_unread, found.rows.height) == (None, 0, 2)
