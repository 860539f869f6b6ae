"""Rows that look like data and belong to no table count, and refuse the file if somebody would be lost."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.sources.builder import conform, csv_file, row, table, xls_file, xlsx_file
from tests.unit.sources.conforming.lists import (
    BODY,
    CLEANING,
    FIRST,
    HEADED,
    INCOME,
    PAYMENTS,
    ROADS,
    SUBSISTENCE,
    SUPPORT,
    Rows,
    block,
    households,
    income,
    payments,
    people,
)


def test_rows_before_the_sheet_with_the_header_refuse_the_file() -> None:
    (file,) = conform(SUBSISTENCE, xlsx_file({"一": BODY, "二": FIRST})).files
    assert "第1个工作表第1行起有3行像是数据" in str(file.refusal)
    assert file.rows_unread == 3


def test_a_sheet_of_another_table_refuses_the_file_with_its_name() -> None:
    for other in (table(SUPPORT, people(50, 52, SUPPORT)), table(ROADS, [row(ROADS, n) for n in (1, 2, 3)])):
        (file,) = conform(INCOME, xlsx_file({"一": income("1"), "二": other})).files
        assert "这是另一张表" in str(file.refusal)
        assert (file.rows_refused, file.rows_unread) == (1, 3)


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
        "本月新增": [["名字", "证号", "金额"], *[[r["person_name"], r["resident_id"], "1"] for r in people(1, 2)]],
        "空": [],
    }
    found = conform(SUBSISTENCE, xlsx_file({"一": FIRST, **others}))
    assert found.files[0].refusal is None
    assert (found.rows.height, found.files[0].rows_unread, found.files[0].warnings) == (2, 0, [])


@pytest.mark.parametrize("write", [xlsx_file, xls_file])
def test_people_on_a_hidden_sheet_count_without_refusing_the_file(write: Any) -> None:
    (file,) = conform(SUBSISTENCE, write({"一": FIRST, "二": block(2, 5)}, hidden=["二"])).files
    assert file.refusal is None
    assert file.rows_unread == 3
    assert "第2个工作表第3行起有3行像是数据,没有读取:工作表是隐藏的" in file.warnings[0]


@pytest.mark.parametrize("hidden", [FIRST, FIRST[:2], [["名单"], *FIRST[1:]], [["A类", "B类"], ["户主", "配偶"]], []])
def test_a_hidden_copy_or_list_of_choices_does_not_count(hidden: Rows) -> None:
    (file,) = conform(SUBSISTENCE, xlsx_file({"一": FIRST, "二": hidden}, hidden=["二"])).files
    assert (file.refusal, file.rows_unread, file.warnings) == (None, 0, [])


def test_households_on_a_hidden_sheet_count_by_their_key() -> None:
    hidden = [*income("1", "2"), *income("3", unit="(万元)")[1:]]
    (file,) = conform(INCOME, xlsx_file({"一": income("1", "2"), "二": hidden}, hidden=["二"])).files
    assert (file.refusal, file.rows_unread) == (None, 1)


SHORT = ["户号", "工资收入", "经营收入", "财产收入", "转移收入", "经营支出"]


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
    (file,) = conform(INCOME, write(sheets(lambda *n: households(*n, key=key)))).files
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
        [["2020年", *SHORT[1:]], *households(1, 2)],
        [HEADED],
        [["户编号", "月工资", "月数"], ["1802000001", "100", "12"]],
        [["镇", "联系人", "电话"], ["源潭镇", "张三", "13800138000"], ["石角镇", "李四", "13800138001"]],
        [["统计日期", "2021-06-30", "制表"], ["共", "1234567", "元"]],
    ],
)
def test_other_sheets_of_a_list_of_households_lose_nobody(other: Rows) -> None:
    for sheets in (
        {"一": [HEADED, *households(1, 2)], "二": other},
        {"二": other, "一": [HEADED, *households(1, 2)]},
    ):
        found = conform(INCOME, xlsx_file(sheets))
        assert (found.files[0].refusal, found.files[0].rows_unread) == (None, 0)
        assert found.rows["household_code"].to_list() == ["1802000001", "1802000002"]


def test_short_codes_do_not_make_amounts_households() -> None:
    """Of such a table, rows of numbers on a sheet without a header count, as before."""
    rows = households(1, 2, key="100{}")
    summary = [["镇", "户数", "工资"], ["源潭镇", "1234", "5678"]]
    found = conform(INCOME, xlsx_file({"一": [HEADED, *rows, [], ["户数", "1005", "金额", "1234"]], "二": summary}))
    assert (found.files[0].refusal, found.files[0].rows_unread) == (None, 0)


SOMEBODY = row(SUBSISTENCE, 90)["resident_id"]
LAST = block(7, 7)[1]
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
        {"一": FIRST, "二": [["名字", "证号", "电话"], *[[r[4], r[5], "1"] for r in block(7, 8)[1:]]]},
        {"一": FIRST, "二": [["名字", "证号"], *[["王五", r[5]] for r in block(7, 8)[1:]]]},
    ],
)
def test_people_on_a_page_like_the_list_refuse_the_file(sheets: dict[str, Rows]) -> None:
    (file,) = conform(SUBSISTENCE, xlsx_file(sheets)).files
    assert "像是数据" in str(file.refusal)
    assert file.rows_refused == 2


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


def test_sums_above_the_header_are_no_rows_of_the_list() -> None:
    sums = [["产业帮扶资金发放表"], ["笔数", 5, "发放金额", 1500], ["生活补助", 5, 1500]]
    head = table(PAYMENTS, [])[0]
    found = conform(PAYMENTS, xlsx_file({"一": [*sums, head, *payments(1, 2, no="F{}")]}))
    assert (found.files[0].refusal, found.rows.height) == (None, 2)
    lost = conform(PAYMENTS, xlsx_file({"一": [*payments(3, no="F{}"), head, *payments(1, 2, no="F{}")]}))
    assert lost.files[0].rows_unread == 1


def test_an_empty_sheet_is_not_worth_a_word() -> None:
    part = conform(SUBSISTENCE, xlsx_file({"表": FIRST, "Sheet2": [], "Sheet3": [["说明"]]})).files[0]
    assert part.skipped == ["第3个工作表没有可识别的表头,已跳过"]
