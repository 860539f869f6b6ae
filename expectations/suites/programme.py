"""Domain rules of 农业农村局: policy documents, joint meetings, standard designs, the library of projects.

Belongs here: relations between the cells of one row and plausible shares of one table.
Does not belong here: funds and assets (``agriculture``), comparison between tables (REC-16 to REC-22: dbt).
"""

from __future__ import annotations

import polars as pl

from expectations.expectation import Expectation, row_rule, table_rule
from expectations.metrics import MONTH_END

_policy_instruments: tuple[Expectation, ...] = (
    row_rule(
        "dated",
        "文件填有印发日期或生效日期",
        pl.col("issued_on").is_not_null() | pl.col("effective_on").is_not_null(),
        "两个日期都没有的文件一直算作有效",
        mostly=0.9,
    ),
    row_rule(
        "issued_by_month_end",
        "印发日期不晚于报送月末",
        pl.col("issued_on") <= MONTH_END,
        "目录只列已印发的文件",
    ),
    row_rule(
        "effective_after_issue",
        "生效日期不早于印发日期",
        pl.col("effective_on") >= pl.col("issued_on"),
        "先印发后生效,大量倒挂说明两列填反",
        mostly=0.95,
    ),
)

_joint_meetings: tuple[Expectation, ...] = (
    row_rule(
        "several_departments",
        "参加部门数不少于 2 个",
        pl.col("departments_attended") >= 2,
        "一个部门开的会不是联席会议",
        mostly=0.95,
    ),
    row_rule("held_by_month_end", "召开日期不晚于报送月末", pl.col("held_on") <= MONTH_END, "台账只列已召开的会议"),
)

_standard_designs: tuple[Expectation, ...] = (
    row_rule(
        "published_by_month_end",
        "发布日期不晚于报送月末",
        pl.col("published_on") <= MONTH_END,
        "目录只列已发布的图集",
    ),
)

_project_library: tuple[Expectation, ...] = (
    row_rule("planned_positive", "计划投资大于零", pl.col("planned") > 0, "没有投资的项目不入库"),
    row_rule(
        "planned_magnitude", "单个项目计划投资不超过 5 亿元", pl.col("planned") <= 50_000, "单位是万元;过大说明按元填报"
    ),
    row_rule("listed_by_month_end", "入库日期不晚于报送月末", pl.col("listed_on") <= MONTH_END, "台账只列已入库的项目"),
    row_rule(
        "approved_after_listing",
        "立项日期不早于入库日期",
        pl.col("approved_on") >= pl.col("listed_on"),
        "未入库的项目不得安排资金;大量倒挂说明两列填反",
        mostly=0.9,
    ),
    table_rule(
        "removed_share",
        "已出库的项目比例",
        pl.col("removed_on").is_not_null().mean(),
        "大面积出库会让项目数骤减,须先确认",
        maximum=0.5,
        at_least_rows=20,
    ),
)

SUITES: dict[str, tuple[Expectation, ...]] = {
    "policy_instruments": _policy_instruments,
    "joint_meetings": _joint_meetings,
    "standard_designs": _standard_designs,
    "project_library": _project_library,
}
