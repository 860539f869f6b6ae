"""Domain rules of 民政局: cases and archives of the election, lists of people of low income.

Belongs here: relations between the cells of one row and plausible shares of one table.
Does not belong here: allowances and committees (``civil_affairs``), people on two lists (REC-05, REC-24: dbt).
"""

from __future__ import annotations

import polars as pl

from expectations.expectation import Expectation, row_rule, table_rule
from expectations.metrics import MONTH_END

_issue_cases: tuple[Expectation, ...] = (
    row_rule(
        "received_by_month_end",
        "受理日期不晚于报送月末",
        pl.col("received_on") <= MONTH_END,
        "台账只列已受理的事项",
    ),
    row_rule(
        "open_has_no_closing",
        "未办结的事项没有办结日期",
        pl.col("closed_on").is_null(),
        "已有办结日期而未标注办结,超期数会多算",
        where=pl.col("status").is_in(["未办", "在办"]),
    ),
    row_rule(
        "closed_has_outcome",
        "办结的问题和信件填有查处结果",
        pl.col("outcome").is_not_null(),
        "没有结果的办结无法公开答复",
        where=(pl.col("status") == "办结") & pl.col("case_type").is_in(["问题", "信件"]),
        mostly=0.9,
    ),
)

_archives: tuple[Expectation, ...] = (
    row_rule("volumes_due_positive", "应归档数大于零", pl.col("volumes_due") > 0, "没有应归档数就无法判断是否归档齐全"),
    row_rule(
        "filed_within_due",
        "已归档数不超过应归档数",
        pl.col("volumes_filed") <= pl.col("volumes_due"),
        "超出说明两列填反",
        mostly=0.95,
    ),
    row_rule(
        "handed_over_by_month_end",
        "移交日期不晚于报送月末",
        pl.col("handed_over_on") <= MONTH_END,
        "台账只列已移交的档案",
    ),
)

_recognised = row_rule(
    "recognised_by_month_end", "认定日期不晚于报送月末", pl.col("recognised_on") <= MONTH_END, "名册只列已认定的对象"
)
_left = table_rule(
    "left_share",
    "变动类型为退出的比例",
    (pl.col("change_type") == "退出").mean(),
    "退出的对象不再算作低收入人口;大面积退出须先确认",
    maximum=0.3,
)
_members: tuple[Expectation, ...] = (
    _recognised,
    row_rule(
        "still_valid",
        "未退出的对象认定有效期未过",
        pl.col("valid_until") >= MONTH_END,
        "有效期已过的对象不再计入名单,须复核后更新有效期或标注退出",
        where=pl.col("change_type") != "退出",
        mostly=0.95,
    ),
    _left,
)

_unsupported_children: tuple[Expectation, ...] = (
    _recognised,
    row_rule(
        "amount_positive",
        "未退出的儿童月基本生活费大于零",
        pl.col("monthly_amount") > 0,
        "纳入保障的儿童均有基本生活费",
        where=pl.col("change_type") != "退出",
        mostly=0.95,
    ),
    _left,
)

SUITES: dict[str, tuple[Expectation, ...]] = {
    "issue_cases": _issue_cases,
    "archives": _archives,
    "low_income_edge": _members,
    "rigid_expense_households": _members,
    "unsupported_children": _unsupported_children,
}
