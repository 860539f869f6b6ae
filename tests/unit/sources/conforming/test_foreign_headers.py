"""Rows under names that nobody knows count if their codes, words or columns are those of the table."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.sources.builder import CONTRACTS, conform, row, table, xls_file, xlsx_file
from tests.unit.sources.conforming.lists import HEADED, INCOME, PAYMENTS, Rows, households, payments

PARTY = CONTRACTS.dataset("party_membership")
HEAD = table(PAYMENTS, [])[0]
FOREIGN = ["编码", "哪家", "哪类", "钱", "哪天"]
AMOUNTS = ["编码", "钱甲", "钱乙", "钱丙", "钱丁", "钱戊"]


def _unread(dataset: Any, sheets: dict[str, Rows], write: Any = xlsx_file) -> tuple[bool, int]:
    (file,) = conform(dataset, write(sheets)).files
    return "像是数据,没有读取" in str(file.refusal), file.rows_unread


@pytest.mark.parametrize("write", [xlsx_file, xls_file])
@pytest.mark.parametrize("no", ["F{}", "f{}", "AB{}", "F-{}", "K{:02d}"])
@pytest.mark.parametrize(
    "sheets",
    [
        lambda p: {"一": [HEAD, *p(1, 2)], "二": [FOREIGN, *p(3, 4)]},
        lambda p: {"二": [FOREIGN, *p(3, 4)], "一": [HEAD, *p(1, 2)]},
        lambda p: {"一": [HEAD, *p(1, 2)], "二": [["名册"], FOREIGN[::-1], *[r[::-1] for r in p(3, 4)]]},
        lambda p: {"一": [HEAD, *p(1, 2)], "二": [["号", "钱", "日"], *[[r[0], *r[3:]] for r in p(3, 4)]]},
        lambda p: {"一": [HEAD, *p(1, 2)], "二": [["号", "钱"], *[[r[0], r[3]] for r in p(3, 4)]]},
    ],
)
def test_short_codes_under_other_names_count(sheets: Any, no: str, write: Any) -> None:
    assert _unread(PAYMENTS, sheets(lambda *n: payments(*n, no=no)), write) == (True, 2)


@pytest.mark.parametrize("key", ["{}", "100{}", "0{}", "{}号", "第{}户"])
@pytest.mark.parametrize(
    "sheets",
    [
        lambda h: {"一": [HEADED, *h(1, 2)], "二": [AMOUNTS, *h(3, 4)]},
        lambda h: {"二": [AMOUNTS, *h(3, 4)], "一": [HEADED, *h(1, 2)]},
        lambda h: {"一": [HEADED, *h(1, 2)], "二": [["收入表"], [], AMOUNTS, *h(3, 4)]},
        lambda h: {"一": [HEADED, *h(1, 2)], "二": [AMOUNTS, *h(1, 2, 3, 4)]},
    ],
)
def test_columns_like_those_of_the_table_count_whatever_the_codes(sheets: Any, key: str) -> None:
    assert _unread(INCOME, sheets(lambda *n: households(*n, key=key))) == (True, 2)


@pytest.mark.parametrize(
    "other",
    [
        [["季度", "金额", "户数"], ["Q1", "100", "3"], ["Q2", "200", "4"]],
        [["规格", "金额", "张"], ["A4", "100", "3"], ["A3", "200", "4"]],
        [["网络", "基站", "数"], ["4G", "100", "3"], ["5G", "200", "4"]],
        [["镇", "户数", "金额"], ["源潭镇", "12", "100"], ["石角镇", "3", "100"]],
        [FOREIGN, *payments(1, 2, no="F{}")],
        [["1月", "100", "200", "3", "4"], ["2月", "100", "200", "3", "4"]],
    ],
)
def test_other_short_texts_lose_nobody(other: Rows) -> None:
    first = [HEAD, *payments(1, 2, no="F{}")]
    for sheets in ({"一": first, "二": other}, {"二": other, "一": first}):
        assert _unread(PAYMENTS, sheets) == (False, 0)


@pytest.mark.parametrize(
    "other",
    [
        [["镇", *AMOUNTS[1:]], ["源潭镇", "12", "3", "4", "5", "6"], ["石角镇", "12", "3", "4", "5", "6"]],
        [["月", *AMOUNTS[1:]], ["5月", "12", "3", "4", "5", "6"], ["6月", "12", "3", "4", "5", "6"]],
        [["年", *AMOUNTS[1:]], ["2019", "12", "3", "4", "5", "6"], ["2020", "12", "3", "4", "5", "6"]],
        [["镇", "户数", "金额"], ["源潭镇", "12", "100"], ["石角镇", "3", "100"]],
        [AMOUNTS, *households(1, 2, key="10{}")],
    ],
)
def test_other_figures_are_no_households_with_short_codes(other: Rows) -> None:
    assert _unread(INCOME, {"一": [HEADED, *households(1, 2, key="10{}")], "二": other}) == (False, 0)


SCOPES = PARTY["member_scope"].values
NAMES = ["哪个镇", "哪类人", "多少", "学历", "更高", "年轻"]


def _members(*towns: str) -> Rows:
    return [list(row(PARTY, 1, town_name=t, member_scope=s).values()) for t in towns for s in SCOPES]


MEMBERS = [table(PARTY, [])[0], *_members("源潭镇", "石角镇")]
MORE = _members("龙颈镇", "飞来峡镇")
MERGED = [[None if r[1] == SCOPES[1] else r[0], *r[1:]] for r in MORE]


@pytest.mark.parametrize("write", [xlsx_file, xls_file])
@pytest.mark.parametrize(
    "sheets",
    [
        {"一": MEMBERS, "二": [NAMES, *MORE]},
        {"二": [NAMES, *MORE], "一": MEMBERS},
        {"一": MEMBERS, "二": [["党员"], NAMES[::-1], *[r[::-1] for r in MORE]]},
        {"一": MEMBERS, "二": [NAMES, *MERGED]},
        {"一": [*MEMBERS, [], NAMES, *MORE]},
        {"一": MEMBERS, "二": [NAMES[:4], *[r[:4] for r in MORE]]},
        {"一": MEMBERS, "二": [["类", "镇", *NAMES[2:]], *[[r[1], r[0], *r[2:]] for r in MORE]]},
        {"一": [[*a, None, *b] for a, b in zip(MEMBERS, [NAMES, *MORE], strict=True)]},
    ],
)
def test_towns_and_words_under_other_names_count(sheets: dict[str, Rows], write: Any) -> None:
    assert _unread(PARTY, sheets, write) == (True, 4)


@pytest.mark.parametrize(
    "other",
    [
        [NAMES, *MEMBERS[1:]],
        [["镇", "户数", "人数"], ["龙颈镇", "12", "30"], ["飞来峡镇", "3", "9"]],
        [["镇", "口径", "联系人", "电话"], ["龙颈镇", SCOPES[0], "张三", "13800138000"]],
        [["口径", "说明", "序号"], [SCOPES[0], "含预备党员", "1"], [SCOPES[1], "当年发展", "2"]],
        [NAMES, ["合计", SCOPES[0], "12", "3", "4", "5"], ["合计", SCOPES[1], "12", "3", "4", "5"]],
    ],
)
def test_other_tables_of_towns_lose_none(other: Rows) -> None:
    for sheets in ({"一": MEMBERS, "二": other}, {"二": other, "一": MEMBERS}):
        assert _unread(PARTY, sheets) == (False, 0)
