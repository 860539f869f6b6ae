"""Domain rules of 人力资源和社会保障局: employment, unemployment, training, incentives, activities, pensions.

Belongs here: relations between the cells of one row and plausible shares of one table.
Does not belong here: employment against registered unemployment (REC-07: dbt).
"""

from __future__ import annotations

import polars as pl

from expectations.expectation import Expectation, row_rule, table_rule
from expectations.metrics import MONTH_END, MONTH_START

_is_employed = pl.col("employment_status") == "在业"

_employment_monitoring: tuple[Expectation, ...] = (
    row_rule(
        "employed_has_place",
        "在业人员填有务工地点",
        pl.col("work_place").is_not_null(),
        "没有务工地点的不计入外出务工人数",
        where=_is_employed,
        mostly=0.9,
    ),
    row_rule(
        "employed_has_start",
        "在业人员填有开始时间",
        pl.col("started_on").is_not_null(),
        "没有开始时间的不计为稳定就业",
        where=_is_employed,
        mostly=0.9,
    ),
    row_rule(
        "employed_not_ended",
        "在业人员的结束时间不早于报送月初",
        pl.col("ended_on") >= MONTH_START,
        "已结束务工而标注在业,会漏报失业",
        where=_is_employed,
        mostly=0.95,
    ),
    row_rule(
        "started_before_ended",
        "开始时间不晚于结束时间",
        pl.col("started_on") <= pl.col("ended_on"),
        "两列日期填反",
    ),
    row_rule(
        "started_by_month_end",
        "在业人员的开始时间不晚于报送月末",
        pl.col("started_on") <= MONTH_END,
        "尚未上岗的不是在业",
        where=_is_employed,
    ),
    row_rule(
        "wage_magnitude",
        "在业人员的月收入在 300 元至 5 万元之间",
        pl.col("monthly_wage").is_between(300, 50_000),
        "单位是元、按月;大量超出说明按万元或按年填报",
        where=_is_employed,
        mostly=0.9,
    ),
)

_unemployment_registration: tuple[Expectation, ...] = (
    row_rule(
        "unemployed_by_month_end",
        "失业日期不晚于报送月末",
        pl.col("unemployed_on") <= MONTH_END,
        "晚于月末的失业不计入本月",
    ),
    row_rule(
        "unemployed_recently",
        "失业日期在近五年以内",
        pl.col("unemployed_on") >= MONTH_START.dt.offset_by("-5y"),
        "失业登记须定期核销;大量陈旧登记会误报失业",
        mostly=0.9,
    ),
)

_skills_training: tuple[Expectation, ...] = (
    row_rule(
        "completed_wanted",
        "结业人员的培训意愿不是“否”",
        pl.col("wanted_training"),
        "培训率只统计有培训意愿的人员,误填会漏计",
        where=pl.col("completed"),
        mostly=0.9,
    ),
    table_rule(
        "completed_share",
        "结业的比例",
        pl.col("completed").mean(),
        "多数学员能够结业;比例过低说明结业情况未回填",
        minimum=0.5,
        at_least_rows=20,
    ),
)

_employment_incentives: tuple[Expectation, ...] = (
    row_rule("amount_positive", "奖补金额大于零", pl.col("amount") > 0, "零金额不是一笔奖补"),
    row_rule(
        "travel_magnitude",
        "外出务工交通补助不超过 2000 元",
        pl.col("amount") <= 2_000,
        "一次性交通补助一般为数百元;过大说明类型填错",
        where=pl.col("incentive_type") == "外出务工交通",
        mostly=0.95,
    ),
)

_job_support_activities: tuple[Expectation, ...] = (
    row_rule(
        "attended",
        "招聘会和转移就业活动的人次大于零",
        pl.col("attendances") > 0,
        "没有人次说明漏填,会少算转移就业人次",
        where=pl.col("activity_type") != "扶贫车间",
        mostly=0.95,
    ),
    row_rule(
        "attendance_magnitude",
        "单次活动的人次不超过 1 万",
        pl.col("attendances") <= 10_000,
        "人次按单次活动填报;过大说明填成了累计数",
        mostly=0.95,
    ),
    row_rule(
        "activities_placed",
        "活动填有所在镇(街道)",
        pl.col("town_code").is_not_null(),
        "没有镇街的活动只能计入本县区合计",
        mostly=0.8,
    ),
)

_pension_enrolment: tuple[Expectation, ...] = (
    row_rule(
        "drawing_has_pension",
        "领取中的人员月养老金大于零",
        pl.col("monthly_pension").fill_null(0) > 0,
        "领取中而没有养老金,说明领取状态或金额有误",
        where=pl.col("benefit_status") == "领取中",
        mostly=0.98,
    ),
    row_rule(
        "not_drawing_has_none",
        "未领取的人员没有月养老金",
        pl.col("monthly_pension").fill_null(0) == 0,
        "有养老金而标注未领取,死亡后领取养老金会漏查",
        where=pl.col("benefit_status") == "未领取",
        mostly=0.98,
    ),
    row_rule(
        "ended_not_drawing",
        "终止参保的人员不在领取中",
        pl.col("benefit_status") != "领取中",
        "终止参保后不再发放",
        where=pl.col("enrolment_status") == "终止参保",
    ),
)

SUITES: dict[str, tuple[Expectation, ...]] = {
    "employment_monitoring": _employment_monitoring,
    "unemployment_registration": _unemployment_registration,
    "skills_training": _skills_training,
    "employment_incentives": _employment_incentives,
    "job_support_activities": _job_support_activities,
    "pension_enrolment": _pension_enrolment,
}
